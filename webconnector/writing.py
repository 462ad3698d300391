"""Writing in a session: the next message set of App changes, and what its answer does.

Owns sync-rules 9 as far as one set goes: its id, what was refused as a whole, what is unknown. It
must not know SOAP.
"""

from __future__ import annotations

from typing import Any

from qbxml import build
from qbxml.hresult import Action as HresultAction
from qbxml.hresult import HresultDecision
from qbxml.parse import Replies, Reply
from qbxml.status import Act, decide_message_set
from store import asking, changes, exchanges, problems, push, unreadable, written
from store.context import Sync
from store.engine import Row
from store.exchanges import Kind, Prepared, State
from store.push import Asked
from store.unwritten import Followup
from webconnector.plan import Plan

_UNANSWERED = "What was written"


def prepare(sync: Sync, plan: Plan) -> Row[Any] | None:
    """The next lookup or write of App changes, kept; None when nothing can go."""
    while claimed := push.ready(sync):
        asked = asking.lookups(sync, claimed)
        if asked:
            return keep(sync, asked, Kind.READ)
        asked = push.batch(sync, claimed, plan.batch_max)
        if asked:
            row = keep(sync, asked, Kind.WRITE)
            push.note_exchange(sync, asked, row.id)
            plan.wrote = True
            return row
        # All were unsendable or had nothing to say, and are settled: others may have waited.
    return None


def keep(sync: Sync, asked: list[Asked], kind: Kind) -> Row[Any]:
    """Make a message set of these requests and keep its exact text before it can leave."""
    number = exchanges.next_number(sync)
    set_id = exchanges.message_set_id(number, sync.session_id) if kind is Kind.WRITE else None
    # No two requests of a company share an id: an old answer that arrives again answers nothing.
    ids = [f"{number:x}-{one.request_id}" for one in asked]
    texts = [build.renamed(one.text, name) for one, name in zip(asked, ids, strict=True)]
    text = build.message_set(texts, new_message_set_id=set_id or "")
    purpose = {name: one.purpose for one, name in zip(asked, ids, strict=True)}
    return exchanges.keep(sync, number, Prepared(kind, text, purpose, set_id))


def take(sync: Sync, plan: Plan, row: Any, answer: Replies) -> Followup:
    """Act on the answer to a write set; returns what must be read next."""
    then = Followup()
    decision = decide_message_set(answer.message_set_status)
    if decision.act not in (Act.OK, Act.EMPTY):
        _set_unknown(sync, row, answer.message_set_status)
        _read_first(plan)
        return then
    for purpose, reply in pairs(row.purpose, answer.replies):
        if purpose["do"] == "write":
            one = changes.find(sync.conn, sync.company_id, purpose["change"])
            if one is not None and one.state == changes.State.SENT:
                written.take(sync, one, reply, then)
                plan.done += 1
    if then.doubt:
        _read_first(plan)
    return then


def _read_first(plan: Plan) -> None:
    """Something may have been written, and all that was read is older: read once more first."""
    if not plan.open_reads:
        plan.failed.append(_UNANSWERED)


def pairs(
    purpose: dict[str, Any], answered: list[Reply]
) -> list[tuple[dict[str, Any], Reply | None]]:
    """Each request with its reply: by requestID, by position where QuickBooks left that out."""
    by_id = {reply.request_id: reply for reply in answered if reply.request_id}
    if not by_id and len(answered) == len(purpose):
        return list(zip(purpose.values(), answered, strict=True))
    return [(what, by_id.get(request_id)) for request_id, what in purpose.items()]


def _set_unknown(sync: Sync, row: Any, code: int | None) -> None:
    """QuickBooks keeps no answer for this set: look for each record before it is sent again.

    Documents are looked up by number, party and our own id, lists by name (QuickBooks refuses a
    second one), a Mod carries an EditSequence: none of them can be written twice.
    """
    push.release(sync, [row.id], unknown=True)
    exchanges.mark(sync, row.id, State.UNKNOWN)
    if code in (9001, 9004):
        problems.open_problem(
            sync,
            problems.Problem(
                cause="message-set",
                kind="program",
                title="QuickBooks did not recognise a change that was sent again",
                text="CashFlow looks for every record of it in QuickBooks before it goes again.",
                advice=problems.SEND_BUNDLE,
                code=str(code),
            ),
        )


def refused_whole(
    sync: Sync, plan: Plan, row: Any, decision: HresultDecision, message: str
) -> bool:
    """QuickBooks could not read the set at all, nothing of it ran: halve it until one is alone.

    `message` is what came with the hresult. Returns whether the session goes on.
    """
    push.release(sync, [row.id])
    count = len(row.purpose)
    if decision.action is not HresultAction.PARK:
        return False
    if count > 1:
        plan.batch_max = max(1, count // 2)
        return True
    (purpose,) = row.purpose.values()
    one = changes.find(sync.conn, sync.company_id, purpose["change"])
    if one is not None:
        unreadable.park(sync, one, row.request, decision.hex, message)
    return True
