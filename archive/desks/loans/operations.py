"""Asking for items, deciding on it, giving back. Approving writes the loan and its grants; returning ends both."""

from dataclasses import dataclass
from uuid import UUID

from archive.accounts.tables import Account
from archive.core.access.actions import Action, Purpose
from archive.core.access.grants import give, revoke
from archive.core.access.policy import Allowed, Target
from archive.core.errors import Conflict, Invalid, NotFound, Refused
from archive.core.gate import Found, Look, Work, listing, operation
from archive.core.jobs.tables import JobKind
from archive.desks.loans import queries, renewals
from archive.desks.loans.tables import Approval, Loan, LoanRequest, RequestItem
from archive.desks.loans.terms import load_terms
from archive.holdings.holds import is_held
from archive.holdings.queries import item_by_uid, item_target
from archive.holdings.tables import Item

LENT_ACTIONS = (Action.ITEM_FIND, Action.ITEM_SHOW, Action.PAGE_FIND, Action.PAGE_SHOW)


@dataclass(frozen=True)
class NewRequest:
    """``renews``: the request whose running loan is to be carried on; the items are then among those of that loan."""

    items: tuple[UUID, ...]
    purpose: Purpose
    reason: str
    renews: UUID | None = None


@dataclass(frozen=True)
class LentItem:
    uid: UUID
    reference_code: str | None
    title: str | None
    tier: int
    held: bool


@operation(Action.LOAN_REQUEST, on=listing("loan_requests"), reads=True)
def prepare(work: Work, _place: None, wanted: tuple[UUID, ...]) -> tuple[LentItem, ...]:
    """What a form is about to ask for. Raises what ``request`` would."""
    items = _all_askable(work, wanted)
    for item in items:
        work.touch(f"item:{item.uid}")
    return tuple(lent_item(item) for item in items)


@operation(Action.LOAN_REQUEST, on=listing("loan_requests"))
def request(work: Work, _place: None, new: NewRequest) -> UUID:
    """Raises ``NotFound`` for an item that the asker may not know of, ``Refused`` for one that she may not ask for."""
    if not new.reason.strip():
        raise Invalid("reason", "A request needs a reason.", "Say in a sentence what you need the pages for.")
    items = _all_askable(work, new.items)
    if work.actor.unit_id is None:
        raise Refused("R_ROLE", "A request is made by a person.", "Sign in with an account of your own.")
    earlier = None if new.renews is None else renewals.renewed(work, new.renews, items)
    row = LoanRequest(
        uid=work.new_uid(),
        no=queries.next_number(work.session, LoanRequest, "Q", work.now.year),
        account_id=work.person(),
        unit_id=work.actor.unit_id,
        purpose=new.purpose,
        reason=new.reason.strip(),
        actions=" ".join(LENT_ACTIONS),
        created_at=work.now,
        renews_id=None if earlier is None else earlier.id,
    )
    work.session.add(row)
    work.session.flush()
    for item in items:
        work.session.add(RequestItem(request_id=row.id, item_id=item.id))
        work.touch(f"item:{item.uid}")
    work.touch(f"loan_request:{row.uid}")
    work.tell(reason=new.reason)
    return row.uid


def _all_askable(work: Work, wanted: tuple[UUID, ...]) -> list[Item]:
    items = tuple(dict.fromkeys(wanted))
    if not items:
        raise Invalid("items", "A request names at least one item.", "Choose an item from the search.")
    if len(items) > load_terms().most_items:
        raise Invalid(
            "items", f"A request names at most {load_terms().most_items} items.", "Make several requests."
        )
    return [_askable(work, uid) for uid in items]


def lent_item(item: Item) -> LentItem:
    return LentItem(item.uid, item.reference_code, item.title, item.tier, is_held(item))


def _askable(work: Work, uid: UUID) -> Item:
    item = item_by_uid(work.session, uid)
    if item is None:
        raise NotFound
    target = item_target(item)
    decision = work.decide(Action.LOAN_REQUEST, target)
    if isinstance(decision, Allowed):
        return item
    if decision.hidden:
        raise NotFound(hidden=target.label)
    raise Refused(
        decision.rule,
        "You may not ask for this item.",
        "Ask for the case to be assigned to you, or let your supervisor ask.",
    )


# --- deciding ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Verdict:
    granted: bool
    opinion: str
    revision: int


def to_decide(look: Look, uid: UUID) -> Found[LoanRequest] | None:
    """An unknown request costs the same statements as a hidden one."""
    row = queries.request_by_uid(look.session, uid)
    items = queries.items_of(look.session, 0 if row is None else row.id)
    return None if row is None else Found(queries.request_target(row, items), row)


@operation(Action.LOAN_DECIDE, on=to_decide)
def decide(work: Work, row: LoanRequest, verdict: Verdict) -> UUID:
    """Answers with the loan's uid, or the request's when it was refused."""
    if row.state == "withdrawn":
        raise Conflict("Whoever made this request has withdrawn it.", "Look at the list again.")
    if row.state != "submitted" or row.revision != verdict.revision:
        raise Conflict("This request has been decided meanwhile.", "Look at the list again.")
    if not verdict.granted and not verdict.opinion.strip():
        raise Invalid("opinion", "A refusal needs a written reason.", "Write a sentence.")
    work.session.add(
        Approval(
            request_id=row.id,
            level=1,
            account_id=work.person(),
            decision="granted" if verdict.granted else "refused",
            opinion=verdict.opinion.strip() or None,
            at=work.now,
        )
    )
    row.state = "granted" if verdict.granted else "refused"
    row.revision += 1
    work.touch(f"loan_request:{row.uid}")
    work.tell(opinion=verdict.opinion)
    return _lend(work, row) if verdict.granted else row.uid


def _lend(work: Work, row: LoanRequest) -> UUID:
    if work.session.get_one(Account, row.account_id).state != "active":
        raise Conflict("The account of whoever asked was closed meanwhile.", "Refuse the request.")
    _end_renewed(work, row)
    items = queries.items_of(work.session, row.id)
    due = load_terms().due(max(item.tier for item in items), work.now)
    loan = Loan(
        uid=work.new_uid(),
        no=queries.next_number(work.session, Loan, "L", work.now.year),
        request_id=row.id,
        account_id=row.account_id,
        purpose=row.purpose,
        from_=work.now,
        due_at=due,
    )
    work.session.add(loan)
    work.session.flush()
    for item in items:
        give(
            work.session,
            account_id=row.account_id,
            actions=LENT_ACTIONS,
            target=("item", item.id),
            source=("loan", loan.id),
            now=work.now,
            until=due,
            source_no=loan.no,
            purpose=Purpose(row.purpose),
        )
        work.touch(f"item:{item.uid}")
    work.touch(f"loan:{loan.uid}")
    work.later(JobKind.EXPIRE, loan.uid, dedupe_key=f"expire:{loan.uid}", run_at=due)
    return loan.uid


def _end_renewed(work: Work, row: LoanRequest) -> None:
    """The loan that is carried on ends where the new one begins: its pages are never open under two of them."""
    earlier = None if row.renews_id is None else queries.loan_of(work.session, row.renews_id)
    if earlier is not None and earlier.returned_at is None:
        _end(work, earlier)


# --- taking a request back ---------------------------------------------------------------------------------


def _own_request(look: Look, uid: UUID) -> Found[LoanRequest] | None:
    row = queries.request_by_uid(look.session, uid)
    if row is None:
        return None
    return Found(Target("loan_request", uid=uid, owner_id=row.account_id, guarded=True), row)


@operation(Action.LOAN_WITHDRAW, on=_own_request)
def withdraw(work: Work, row: LoanRequest) -> None:
    """Before it is decided. The request stays, as withdrawn."""
    if row.state != "submitted":
        raise Conflict("This request has been decided meanwhile.", "Look at the list again.")
    row.state = "withdrawn"
    row.withdrawn_at = work.now
    row.revision += 1
    work.touch(f"loan_request:{row.uid}")


# --- giving back -------------------------------------------------------------------------------------------


def _loan(look: Look, uid: UUID) -> Found[Loan] | None:
    loan = queries.loan_by_uid(look.session, uid)
    return (
        None if loan is None else Found(Target("loan", uid=uid, owner_id=loan.account_id, guarded=True), loan)
    )


@operation(Action.LOAN_RETURN, on=_loan)
def give_back(work: Work, loan: Loan) -> None:
    if loan.returned_at is not None:
        raise Conflict("This loan has ended already.", "Ask for a new one if you need the pages again.")
    _end(work, loan)


@operation(Action.LOAN_EXPIRE, on=_loan)
def expire(work: Work, loan: Loan) -> None:
    """The due time has come. A loan that was given back before is left as it is."""
    if loan.returned_at is None and loan.due_at <= work.now:
        _end(work, loan)


def _end(work: Work, loan: Loan) -> None:
    loan.returned_at = work.now
    loan.revision += 1
    revoke(work.session, source=("loan", loan.id), now=work.now)
    work.touch(f"loan:{loan.uid}")
