"""What breaks the way of requests and answers: writing, settling, reading.

Owns data only.
"""

from __future__ import annotations

from tests.mutations.sabotage import Sabotage
from tests.mutations.sabotage import in_acceptance as _in

_LOST = "test_a_lost_answer_is_settled_by_the_same_bytes_under_the_same_id"
_CRASH = "test_a_crash_of_quickbooks_leaves_the_outcome_open_until_it_is_settled"

WRITING = (
    Sabotage(
        "writes leave without a message-set id",
        "webconnector/writing.py",
        'new_message_set_id=set_id or "")',
        'new_message_set_id="")',
        _in("test_exactly_once"),
    ),
    Sabotage(
        "a write owed is written anew instead of sent again byte for byte",
        "webconnector/steps.py",
        "        self.session.state = State.OWED\n        return str(row.request)\n",
        "        self.session.state = State.OWED\n"
        '        return str(row.request).replace("<QBXML>", "<QBXML>" + " " * row.times_sent, 1)\n',
        _in("test_exactly_once", _LOST),
    ),
    Sabotage(
        "an owed write is settled after the reading, not before",
        "webconnector/steps.py",
        "        owed = exchanges.owed(self.sync)\n        if owed is not None:\n",
        "        owed = exchanges.owed(self.sync)\n"
        "        if owed is not None and not self.plan.open_reads:\n",
        _in("test_exactly_once", _LOST),
    ),
    Sabotage(
        "the evidence is erased: oldMessageSetID goes with the write",
        "qbxml/build.py",
        '("oldMessageSetID", old_message_set_id),',
        '("oldMessageSetID", old_message_set_id or new_message_set_id),',
        _in("test_exactly_once", "test_a_late_answer_for_an_expired_session_still_counts"),
    ),
    Sabotage(
        "a write of unknown outcome is taken for one that never ran",
        "webconnector/steps.py",
        "if row.kind == Kind.WRITE and (decision.outcome_unknown or sent_before):",
        "if row.kind == Kind.WRITE and sent_before:",
        _in("test_exactly_once", _CRASH),
    ),
    Sabotage(
        "a write sent again counts as one that never ran when QuickBooks was not ready",
        "webconnector/steps.py",
        "(decision.outcome_unknown or sent_before)",
        "decision.outcome_unknown",
        _in(
            "test_exactly_once",
            "test_that_quickbooks_ran_nothing_this_time_tells_nothing_of_the_time_before",
        ),
    ),
    Sabotage(
        "an unanswered write is forgotten when its session ends",
        "store/exchanges.py",
        "if row.kind == Kind.READ and row.state == State.SENT:",
        "if row.state == State.SENT:",
        _in("test_exactly_once", _LOST, _CRASH),
    ),
    Sabotage(
        "a claimed change stays in the queue",
        "store/push.py",
        '                "state": State.SENT,\n',
        '                "state": State.PENDING,\n',
        _in("test_exactly_once", _CRASH),
    ),
    Sabotage(
        "an edit made while an answer is owed is put to what has left already",
        "store/changes.py",
        "[row for row in rows.get(record_id, ()) if row.state != State.SENT]",
        "list(rows.get(record_id, ()))",
        _in("test_exactly_once", "test_an_edit_while_the_answer_is_owed_goes_after_it"),
    ),
    Sabotage(
        "every refusal counts as done",
        "store/written.py",
        "return decision.succeeded or bool(decision.may_have_saved and reply.records)",
        "return True",
        _in("test_reading_again"),
    ),
    Sabotage(
        "3200 (stale EditSequence) counts as done",
        "qbxml/statuses.py",
        "        3200,\n        Act.REREAD,\n",
        "        3200,\n        Act.OK,\n",
        ("tests/qbxml/test_status.py", *_in("test_edits")),
    ),
    Sabotage(
        "QuickBooks is not asked for duplicates before an Add",
        "webconnector/writing.py",
        "asked = asking.lookups(sync, claimed)",
        "asked = asking.lookups(sync, claimed[:0])",
        _in("test_bills"),
    ),
    Sabotage(
        "writing begins before the preview was agreed to",
        "webconnector/steps.py",
        "opening.may_write(self.sync) and not self.sync.preview and self.plan.writable",
        "opening.may_write(self.sync) and self.plan.writable",
        _in("test_first_link"),
    ),
)

READING = (
    Sabotage(
        "the cursor moves with each page, before the last one is here",
        "webconnector/applying.py",
        "    if not reply.records:\n        return\n    if _waits(plan, rank(read)):\n",
        "    cursors.move(sync, read.name, read.seen)\n"
        "    if not reply.records:\n        return\n    if _waits(plan, rank(read)):\n",
        _in("test_reading_again"),
    ),
    Sabotage(
        "a read ends with its first page",
        "webconnector/reading.py",
        "read.done = not (read.iterates and read.iterator_id and read.remaining)",
        "read.done = True",
        _in("test_volume"),
    ),
    Sabotage(
        "a read that QuickBooks refused counts as done",
        "webconnector/reading.py",
        "    read.done = True\n    plan.failed.append(read.name)\n    problems",
        "    read.done = True\n    problems",
        _in("test_sessions", "test_a_list_that_quickbooks_refuses_stops_writing_not_the_rest"),
    ),
    Sabotage(
        "a cursor does not wait for what its read led to",
        "webconnector/plan.py",
        "        waiting = open_ones.union(self.failed)\n",
        "        waiting = set(self.failed)\n",
        _in("test_cursor_waits"),
    ),
    Sabotage(
        "the cursor moves although QuickBooks refused a later page",
        "webconnector/plan.py",
        "        waiting = open_ones.union(self.failed)\n",
        "        waiting = open_ones\n",
        _in("test_sessions", "test_a_list_refused_on_its_second_page_moves_no_cursor"),
    ),
    Sabotage(
        "writing goes on although QuickBooks refused a list",
        "webconnector/plan.py",
        "return not (self.failed or self.held or self.restored)",
        "return not (self.held or self.restored)",
        _in("test_sessions", "test_a_list_that_quickbooks_refuses_stops_writing_not_the_rest"),
    ),
    Sabotage(
        "an edit in QuickBooks is not seen",
        "store/pull.py",
        "if key in links and _differs(r, links[key])]",
        "if key in links and links[key].base is None]",
        _in("test_edits"),
    ),
    Sabotage(
        "a reference to what QuickBooks does not have yet looks empty in a merge",
        "qbxml/compare.py",
        "if is_empty(part, value) and not _is_unlinked(value):",
        "if is_empty(part, value):",
        _in("test_edits", "test_a_move_below_a_new_parent_is_not_lost_to_an_edit_in_quickbooks"),
    ),
    Sabotage(
        "the echo of our own write counts as an edit in QuickBooks",
        "store/pull.py",
        "edited = linked is None or linked.edit_sequence != record.edit_sequence",
        "edited = True",
        _in("test_reading_again"),
    ),
    Sabotage(
        "the start date is not looked at when an invoice arrives",
        "store/pull.py",
        "if dated is None or dated < sync.start_date.isoformat():",
        "if dated is None:",
        _in("test_start_date"),
    ),
    Sabotage(
        "the overlap of two hours is gone",
        "store/cursors.py",
        "- timedelta(hours=overlap_hours)",
        "- timedelta(hours=0)",
        _in("test_reading_again"),
    ),
    Sabotage(
        "a clock far ahead moves the cursor",
        "store/cursors.py",
        "return max([seen, *(moment for moment in times if moment <= limit)])",
        "return max([seen, *times])",
        _in("test_reading_again"),
    ),
    Sabotage(
        "a cursor moves back",
        "store/cursors.py",
        "further = or_(cursor.c.read_to.is_(None), made.excluded.read_to > cursor.c.read_to)",
        "further = made.excluded.read_to.is_not(None)",
        ("tests/store/test_steps_of_a_session.py",),
    ),
    Sabotage(
        "what a page wrote that was rolled back is believed",
        "store/aside.py",
        "        sync.taken_back()\n",
        "        sync.open_causes = None\n",
        ("tests/store/test_steps_of_a_session.py",),
    ),
    Sabotage(
        "money is a float",
        "store/types.py",
        "return None if value is None else Decimal(value).scaleb(-self.places)",
        "return None if value is None else value / 10**self.places  # type: ignore[return-value]",
        ("tests/store/test_types.py",),
    ),
)
