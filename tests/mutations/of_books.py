"""What breaks the books and who may come near them: links, merges, files, passwords, evidence.

Owns data only.
"""

from __future__ import annotations

from tests.mutations.sabotage import Sabotage
from tests.mutations.sabotage import in_acceptance as _in

BOOKS = (
    Sabotage(
        "whatever company file is open is bound",
        "webconnector/opening.py",
        "if judgement.verdict is Verdict.BIND:",
        "if judgement.verdict is not Verdict.RIGHT:",
        _in("test_company_file"),
    ),
    Sabotage(
        "a file is bound though nobody told of a company",
        "webconnector/opening.py",
        "if not path.strip() or not facts.tells_company:",
        "if not path.strip():",
        _in("test_what_is_open"),
    ),
    Sabotage(
        "an equal EditSequence is believed whatever the content",
        "store/pull.py",
        "return not equal(entity.shared_parts, linked.base, record.values)",
        "return False",
        _in("test_same_second"),
    ),
    Sabotage(
        "what may have arrived is looked for only where it was entered",
        "store/asking.py",
        "    _ask_for_the_lost(asked, due)\n",
        "",
        _in("test_edited_in_doubt"),
    ),
    Sabotage(
        "an answer about the number that a bill had lets it go under another one",
        "store/lookups.py",
        "elif versions.get(row.id) == version:",
        "else:",
        _in("test_while_asked"),
    ),
    Sabotage(
        "what waits forgets for what, when it is read again",
        "store/pull.py",
        '    values: dict[str, Any] = {"action": Action.MOD}\n',
        '    values: dict[str, Any] = {"action": Action.MOD, "waits_for": None}\n',
        _in("test_both_at_once"),
    ),
    Sabotage(
        "an older total from QuickBooks replaces that of newer lines",
        "store/written.py",
        "filled, waits=row.version != version)",
        "filled)",
        _in("test_both_at_once"),
    ),
    Sabotage(
        "a transfer in doubt may be changed",
        "store/rules.py",
        "if _in_doubt(conn, row):",
        "if False:",
        _in("test_funds_transfers", "test_one_in_doubt_cannot_be_changed"),
    ),
    Sabotage(
        "a refused question ends the doubt whether a write arrived",
        "store/unwritten.py",
        "unknown=doubt, attempts=attempts",
        "unknown=False, attempts=attempts",
        _in("test_edited_in_doubt", "test_a_refused_question_leaves_it_in_doubt"),
    ),
    Sabotage(
        "after an answer that cannot be read QuickBooks is not asked for it again",
        "webconnector/steps.py",
        "owed = row.kind == Kind.WRITE and row.response is None",
        "owed = False",
        _in("test_edited_in_doubt"),
    ),
    Sabotage(
        "a rest that nobody can ask for counts as read",
        "webconnector/reading.py",
        "if read.iterates and read.remaining and not read.iterator_id:",
        "if False:",
        _in("test_pages_of_iterators"),
    ),
    Sabotage(
        "the list of bills to pay is not asked where a bill's own word is in doubt",
        "store/lookups.py",
        "doubtful = paying_bills.in_doubt(reply.records)",
        "doubtful = []",
        _in("test_what_is_open_of_bills"),
    ),
    Sabotage(
        "another connection's stamp is not looked at",
        "webconnector/company_file.py",
        "if found.stamp is not None and _plain(found.stamp) != _plain(bound.file_id):",
        "if False:",
        (
            "tests/webconnector/test_company_file.py",
            *_in("test_company_file", "test_another_companys_stamp_is_never_accepted"),
        ),
    ),
    Sabotage(
        "the company file is not looked at again in mid-session",
        "webconnector/opening.py",
        "if path.strip() and path[:_path_characters_max].casefold() != judged:",
        "if False:",
        _in("test_company_file_answers"),
    ),
    Sabotage(
        "a late answer is believed after the wrong file was seen",
        "webconnector/steps.py",
        " or not self.plan.checked:\n            # Unchecked",
        ":\n            # Unchecked",
        _in(
            "test_company_file_answers",
            "test_a_late_answer_to_a_session_that_saw_the_wrong_file_is_not_believed",
        ),
    ),
    Sabotage(
        "after a rebind a write owed to the old file goes to the new one",
        "store/company_moves.py",
        ".values(state=exchanges.State.UNKNOWN)",
        ".values(state=exchanges.State.SENT)",
        _in(
            "test_company_file_answers",
            "test_an_answer_that_comes_after_a_rebind_is_not_applied_to_the_new_file",
        ),
    ),
    Sabotage(
        "links of every company are looked through",
        "store/pull.py",
        '    link.c.company_id == bindparam("company"),\n    link.c.noun',
        "    link.c.noun",
        _in("test_two_companies"),
    ),
    Sabotage(
        "a foreign edition of QuickBooks is written to",
        "webconnector/steps.py",
        "writable = opening.may_write(self.sync) and",
        "writable =",
        _in("test_company_file", "test_a_foreign_edition_is_read_but_never_written"),
    ),
)

ACCESS = (
    Sabotage(
        "any open session will do for any ticket",
        "store/sessions.py",
        'session.c.ticket_hash == bindparam("ticket_hash")',
        "session.c.ended_at.is_(None)",
        _in("test_hostile"),
    ),
    Sabotage(
        "every password is right",
        "store/companies.py",
        "return hmac.compare_digest(given, kept) and found is not None",
        "return found is not None",
        _in("test_sessions", "test_a_wrong_password_is_nvu_for_known_and_unknown_users"),
    ),
    Sabotage(
        "a second session takes over at once",
        "webconnector/exchange.py",
        "            if left > 0:\n",
        "            if left > 10**9:\n",
        _in("test_sessions", "test_a_second_session_is_told_busy_with_the_seconds_left"),
    ),
    Sabotage(
        "a late answer is thrown away",
        "webconnector/steps.py",
        "if row is None or (late and row.kind != Kind.WRITE) or",
        "if row is None or late or",
        _in("test_exactly_once", "test_a_late_answer_for_an_expired_session_still_counts"),
    ),
    Sabotage(
        "a long late answer is turned away as a stranger's",
        "store/sessions.py",
        "query = select(session.c.id).where(session.c.ticket_hash == ticket_hash(ticket))",
        "query = select(session.c.id).where("
        "session.c.ticket_hash == ticket_hash(ticket), session.c.ended_at.is_(None))",
        _in("test_long_answers"),
    ),
    Sabotage(
        "a stranger's wrong passwords keep the company's own Web Connector out",
        "store/wrong_passwords.py",
        "if found is not None and found.last_address == address:",
        "if False:",
        _in("test_wrong_passwords"),
    ),
    Sabotage(
        "a call may be as long as the name in its first bytes says",
        "webconnector/soap_envelope.py",
        "if size > operation.body_bytes_max:",
        "if False:",
        (
            "tests/webconnector/test_soap_hostile.py"
            "::test_a_false_name_in_the_first_bytes_does_not_raise_the_limit",
        ),
    ),
    Sabotage(
        "housekeeping deletes what is not settled",
        "store/retention.py",
        "                ~unsettled,\n",
        "",
        _in("test_housekeeping"),
    ),
)
