"""A supervisor gives a case to a handler; two persons name a reader of a restricted item."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement

from archive.accounts.queries import account_by_login, names_of
from archive.accounts.tables import Account
from archive.core.access.actions import Action, Purpose, Role, Tier
from archive.core.access.grants import give, revoke
from archive.core.access.rules import Reach
from archive.core.errors import Conflict, Invalid, Refused
from archive.core.gate import Found, Look, Work, listing, operation
from archive.desks.assigning import queries
from archive.desks.assigning.tables import CaseAssignment, ReaderNaming
from archive.holdings.queries import item_by_uid, item_target, volume_by_uid, volume_target, volumes_where
from archive.holdings.tables import Item, Volume

READERS_ACTIONS = (Action.ITEM_FIND, Action.ITEM_SHOW, Action.PAGE_FIND, Action.PAGE_SHOW)
CASE_ACTIONS = (*READERS_ACTIONS, Action.LOAN_REQUEST)
LONGEST_NAMING = timedelta(days=90)

# --- colleagues --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Colleague:
    login: str
    name: str


@dataclass(frozen=True)
class Task:
    """What somebody has to be able to do before this desk gives her anything: an action, and by which reach."""

    action: Action
    reach: Reach

    def fits(self, work: Work, role: Role) -> bool:
        return any(rule.reach is self.reach for rule in work.asking.rules.of(role, self.action))


HANDLING = Task(Action.PAGE_SHOW, Reach.CASE)
READING = Task(Action.PAGE_SHOW, Reach.NAMED)
CONFIRMING = Task(Action.READER_CONFIRM, Reach.OWN)


def _colleague(work: Work, login: str, field: str, task: Task) -> Account:
    """Raises ``Invalid`` for an unknown or closed account, and for one that could do nothing with what it is given."""
    account = account_by_login(work.session, login.strip())
    if account is None or account.state != "active":
        raise Invalid(field, "There is no active account with this name.", "Check the sign-in name.")
    held = queries.roles_in_force(work.session, Account.id == account.id, work.now)
    if not any(task.fits(work, role) for _, role in held):
        raise Invalid(
            field, "The roles of this account do not reach so far.", "Choose somebody whose task it is."
        )
    return account


def _colleagues(work: Work, task: Task) -> tuple[Colleague, ...]:
    """Suggestions from the asker's own unit and those below it; whoever knows another sign-in name may type it."""
    unit: ColumnElement[bool] = Account.unit_id.in_(sorted(work.actor.units))
    held = queries.roles_in_force(work.session, unit, work.now)
    fitting = {account.id: account for account, role in held if task.fits(work, role)}
    return tuple(Colleague(a.login, a.name) for a in fitting.values() if a.id != work.actor.id)


# --- cases -------------------------------------------------------------------------------------------------


def _volume(look: Look, uid: UUID) -> Found[Volume] | None:
    volume = volume_by_uid(look.session, uid)
    return None if volume is None else Found(volume_target(volume), volume)


@operation(Action.CASE_ASSIGN, on=_volume)
def assign_case(work: Work, volume: Volume, login: str) -> UUID:
    """The handler reads the items of the volume up to T4, until the assignment is ended."""
    account = _colleague(work, login, "handler", HANDLING)
    if account.id == work.person():
        raise Refused("R_SOD", "Nobody assigns a case to herself.", "Ask another supervisor to assign it.")
    if queries.is_assigned(work.session, volume.id, account.id):
        raise Conflict("This case is in these hands already.", "Nothing is left to do.")
    row = CaseAssignment(
        uid=work.new_uid(),
        volume_id=volume.id,
        account_id=account.id,
        assigned_by=work.person(),
        unit_id=volume.unit_id,
        at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    give(
        work.session,
        account_id=account.id,
        actions=CASE_ACTIONS,
        target=("volume", volume.id),
        source=("case", row.id),
        now=work.now,
        source_no=volume.reference_code,
    )
    work.touch(f"volume:{volume.uid}")
    work.touch(f"account:{account.uid}")
    return row.uid


@dataclass(frozen=True)
class CaseSeen:
    assignment: UUID
    volume: UUID
    reference_code: str
    title: str
    handler: str
    since: datetime


@operation(Action.CASE_LIST, on=listing("cases"), reads=True)
def list_cases(work: Work, _place: None) -> tuple[CaseSeen, ...]:
    """Cases in somebody's hands: the asker's own, or those of her unit."""
    reach = work.scope(Action.CASE_LIST).where(queries.ASSIGNMENT_COLUMNS)
    rows = queries.assignments_where(work.session, reach, limit=200)
    names = names_of(work.session, {row.account_id for row, _ in rows})
    for _, volume in rows:
        work.touch(f"volume:{volume.uid}")
    return tuple(
        CaseSeen(row.uid, v.uid, v.reference_code, v.title, names[row.account_id], row.at) for row, v in rows
    )


@dataclass(frozen=True)
class AssignableSeen:
    volume: UUID
    reference_code: str
    title: str
    tier: int
    handlers: tuple[str, ...]


@dataclass(frozen=True)
class Assignable:
    """The newest volumes that the asker may assign, and who could take one."""

    volumes: tuple[AssignableSeen, ...]
    colleagues: tuple[Colleague, ...]


@operation(Action.CASE_ASSIGN, on=listing("volumes"), reads=True)
def list_assignable(work: Work, _place: None) -> Assignable:
    reach = work.scope(Action.CASE_ASSIGN).where(queries.VOLUME_COLUMNS)
    rows = volumes_where(work.session, reach, limit=200)
    handlers = queries.handlers_of(work.session, (volume.id for volume in rows))
    for volume in rows:
        work.touch(f"volume:{volume.uid}")
    volumes = tuple(
        AssignableSeen(v.uid, v.reference_code, v.title, v.tier, tuple(handlers.get(v.id, ()))) for v in rows
    )
    return Assignable(volumes, _colleagues(work, HANDLING))


def _assignment(look: Look, uid: UUID) -> Found[CaseAssignment] | None:
    """An unknown assignment costs the same statements as a hidden one."""
    row = queries.assignment_by_uid(look.session, uid)
    volume = look.session.get(Volume, 0 if row is None else row.volume_id)
    return None if row is None or volume is None else Found(volume_target(volume), row)


@operation(Action.CASE_ASSIGN, on=_assignment)
def end_assignment(work: Work, row: CaseAssignment) -> None:
    """The grant ends in the same commit."""
    if row.ended_at is not None:
        raise Conflict("This assignment has ended already.", "Nothing is left to do.")
    row.ended_at = work.now
    row.revision += 1
    revoke(work.session, source=("case", row.id), now=work.now)


# --- readers of restricted items ---------------------------------------------------------------------------


@dataclass(frozen=True)
class NewNaming:
    reader: str
    second_person: str
    purpose: Purpose
    reason: str
    days: int


def _item(look: Look, uid: UUID) -> Found[Item] | None:
    item = item_by_uid(look.session, uid)
    return None if item is None else Found(item_target(item), item)


@dataclass(frozen=True)
class Nameable:
    """What the form of a naming shows, and who could be named in it."""

    item: UUID
    reference_code: str | None
    title: str | None
    confirmers: tuple[Colleague, ...]
    readers: tuple[Colleague, ...]


@operation(Action.READER_PROPOSE, on=_item, reads=True)
def prepare_naming(work: Work, item: Item) -> Nameable:
    _check_restricted(item)
    work.touch(f"item:{item.uid}")
    return Nameable(
        item.uid, item.reference_code, item.title, _colleagues(work, CONFIRMING), _colleagues(work, READING)
    )


def _check_restricted(item: Item) -> None:
    if item.tier != Tier.T5:
        raise Conflict("Readers are named for T5 items only.", "Lend the item instead.")


@operation(Action.READER_PROPOSE, on=_item)
def propose_reader(work: Work, item: Item, new: NewNaming) -> UUID:
    """Nothing is opened yet: the second person has to confirm. Neither of the two is the reader."""
    _check_restricted(item)
    reader = _colleague(work, new.reader, "reader", READING)
    second = _colleague(work, new.second_person, "second_person", CONFIRMING)
    if reader.id == work.person():
        raise Invalid("reader", "Nobody names herself as a reader.", "Let a colleague name you.")
    if second.id in {work.person(), reader.id}:
        raise Invalid(
            "second_person", "The second person is neither the reader nor you.", "Name somebody else."
        )
    if not new.reason.strip():
        raise Invalid("reason", "Naming a reader needs a reason.", "Write a sentence.")
    if not 1 <= new.days <= LONGEST_NAMING.days:
        raise Invalid("days", f"A naming lasts 1 to {LONGEST_NAMING.days} days.", "Choose fewer days.")
    row = ReaderNaming(
        uid=work.new_uid(),
        item_id=item.id,
        reader_id=reader.id,
        proposed_by=work.person(),
        asked_id=second.id,
        purpose=new.purpose,
        reason=new.reason.strip(),
        until=work.now + timedelta(days=new.days),
        at=work.now,
    )
    work.session.add(row)
    work.touch(f"item:{item.uid}")
    work.touch(f"reader_naming:{row.uid}")
    work.touch(f"account:{reader.uid}")
    work.tell(reason=row.reason or "")
    return row.uid


@dataclass(frozen=True)
class NamingSeen:
    """The item by its reference code only: whoever confirms need not learn more.

    ``state`` is proposed, confirmed, refused, or expired when its time is over.
    """

    uid: UUID
    revision: int
    reference_code: str | None
    reader: str
    proposed_by: str
    asked: str
    purpose: str
    reason: str | None
    opinion: str | None
    state: str
    until: datetime
    waits_for_me: bool


@operation(Action.READER_LIST, on=listing("reader_namings"), reads=True)
def list_namings(work: Work, _place: None) -> tuple[NamingSeen, ...]:
    me = work.person()
    rows = queries.namings_of(work.session, me)
    names = names_of(work.session, {i for n, _ in rows for i in (n.reader_id, n.proposed_by, n.asked_id)})
    for naming, item in rows:
        work.touch(f"reader_naming:{naming.uid}")
        work.touch(f"item:{item.uid}")
    return tuple(
        NamingSeen(
            uid=n.uid,
            revision=n.revision,
            reference_code=item.reference_code,
            reader=names[n.reader_id],
            proposed_by=names[n.proposed_by],
            asked=names[n.asked_id],
            purpose=n.purpose,
            reason=n.reason,
            opinion=n.opinion,
            state=_state(n, work.now),
            until=n.until,
            waits_for_me=n.asked_id == me and _state(n, work.now) == "proposed",
        )
        for n, item in rows
    )


def _state(naming: ReaderNaming, now: datetime) -> str:
    return "expired" if naming.state != "refused" and naming.until <= now else naming.state


@dataclass(frozen=True)
class Verdict:
    confirmed: bool
    opinion: str
    revision: int


def _naming(look: Look, uid: UUID) -> Found[ReaderNaming] | None:
    row = queries.naming_by_uid(look.session, uid)
    return None if row is None else Found(queries.naming_target(row), row)


@operation(Action.READER_CONFIRM, on=_naming)
def confirm_reader(work: Work, row: ReaderNaming, verdict: Verdict) -> UUID:
    """The grant begins with the second person's word and ends by itself."""
    if row.state != "proposed" or row.revision != verdict.revision:
        raise Conflict("This naming has been decided meanwhile.", "Look at the list again.")
    if row.until <= work.now:
        raise Conflict("The time that was asked for is over.", "Let the reader be named again.")
    if not verdict.opinion.strip():
        raise Invalid("opinion", "A decision needs a written reason.", "Write a sentence.")
    reader = work.session.get_one(Account, row.reader_id)
    if verdict.confirmed and reader.state != "active":
        raise Conflict("The reader's account has been closed meanwhile.", "Refuse the naming.")
    item = work.session.get_one(Item, row.item_id)
    row.state = "confirmed" if verdict.confirmed else "refused"
    row.opinion = verdict.opinion.strip()
    row.decided_at = work.now
    row.revision += 1
    work.tell(decision=row.state, opinion=row.opinion)
    if verdict.confirmed:
        grant = give(
            work.session,
            account_id=row.reader_id,
            actions=READERS_ACTIONS,
            target=("item", item.id),
            source=("named", row.id),
            now=work.now,
            until=row.until,
            source_no=item.reference_code or "",
            purpose=Purpose(row.purpose),
        )
        work.touch(f"access_grant:{grant.uid}")
    work.touch(f"item:{item.uid}")
    work.touch(f"account:{reader.uid}")
    return row.uid
