"""The binding desk as it is looked at: which folders there are, and one of them with all that lies in it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import and_, literal, select

from archive.accounts.queries import names_of
from archive.core.access.actions import Action
from archive.core.access.policy import Allowed, ScopeColumns, State
from archive.core.gate import Work, listing, operation
from archive.desks.binding import queries
from archive.desks.binding.arranging import last_undoable, next_redoable
from archive.desks.binding.classes import folder_classes
from archive.desks.binding.folder import ARCHIVED, ARRANGING, CHECKING, OPEN, Folder, rules_of, volume
from archive.desks.binding.ordering import parts
from archive.desks.binding.seeing_parts import (
    classes_seen,
    documents_seen,
    flags_seen,
    loose_seen,
    slots_seen,
    supplements_seen,
)
from archive.desks.binding.seen import DeskSeen, FolderLine, FolderSeen, PartSeen, ProblemSeen, StepSeen
from archive.desks.binding.tables import Binding, BindingStep
from archive.desks.binding.troubles import problems
from archive.holdings.quality import Limits
from archive.holdings.queries import ITEM_COLUMNS
from archive.holdings.tables import Fonds, Series, Volume

SHOWN = 50


@operation(Action.BINDING_SHOW, on=listing("binding"), reads=True)
def show_desk(work: Work, _place: None) -> DeskSeen:
    """The newest folders that the asker may bind or check."""
    columns = ScopeColumns(
        tier=Volume.tier, state=literal(State.ARCHIVED.value), unit=Volume.unit_id, volume=Volume.id
    )
    reach = work.scope(Action.BINDING_SHOW).where(columns)

    def some(state: str) -> tuple[FolderLine, ...]:
        rows = work.session.execute(
            select(Volume, Series, Binding)
            .join(Series, Series.id == Volume.series_id)
            .outerjoin(Binding, Binding.volume_id == Volume.id)
            .where(and_(reach, Volume.state == state))
            .order_by(Volume.id.desc())
            .limit(SHOWN)
        ).all()
        counts = _counts(work, [(volume, binding) for volume, _, binding in rows])
        return tuple(_line(work, v, series, binding, counts.get(v.id, 0)) for v, series, binding in rows)

    return DeskSeen(some(OPEN), some(ARRANGING), some(CHECKING), some(ARCHIVED))


def _counts(work: Work, folders: list[tuple[Volume, Binding | None]]) -> dict[int, int]:
    """Only documents that the asker may know of are counted, or all of a folder that she is at."""
    ids = {it.id for it, _ in folders}
    if not ids:
        return {}  # SQLite would look through all items for none
    at = queries.bound_by(work.session, work.actor.id, ids)
    at |= {it.id for it, binding in folders if _checks(work, it, binding)}
    return queries.count_documents(work.session, ids, work.scope(Action.ITEM_FIND).where(ITEM_COLUMNS), at)


def _line(work: Work, it: Volume, series: Series, binding: Binding | None, documents: int) -> FolderLine:
    work.touch(f"volume:{it.uid}")
    since = None if binding is None else binding.archived_at or binding.submitted_at
    return FolderLine(
        uid=it.uid,
        reference_code=it.reference_code,
        title=it.title,
        series=series.name,
        year=it.year,
        state=it.state,
        revision=it.revision,
        documents=documents,
        since=since,
    )


def _is_at(work: Work, it: Volume, binding: Binding | None) -> bool:
    """Whoever arranges the folder, or checks it at this moment."""
    return work.actor.id in queries.binders(work.session, it.id) or _checks(work, it, binding)


def _checks(work: Work, it: Volume, binding: Binding | None) -> bool:
    return binding is not None and it.state == CHECKING and binding.checker_id == work.actor.id


@operation(Action.BINDING_SHOW, on=volume, reads=True)
def show_folder(work: Work, it: Volume, limits: Limits) -> FolderSeen:
    work.touch(f"volume:{it.uid}")
    series = queries.series_of(work.session, it)
    fonds = work.session.get_one(Fonds, series.fonds_id)
    binding = queries.binding_of(work.session, it.id)
    rules = None if binding is None else rules_of(binding)
    plain = FolderSeen(
        uid=it.uid,
        reference_code=it.reference_code,
        title=it.title,
        fonds_code=fonds.code,
        fonds=fonds.name,
        series_code=series.code,
        series=series.name,
        year=it.year,
        number=it.number,
        state=it.state,
        revision=it.revision,
        tier=it.tier,
        held=False,
        part_no=it.part_no,
        template="" if rules is None else rules.code,
        template_name="" if rules is None else rules.name,
        source="" if rules is None else rules.source,
        may=frozenset(),
    )
    if binding is None or rules is None:
        return replace(plain, may=_may(work, it, None, ()), classes=classes_seen(folder_classes().values()))
    folder = Folder(work, it, binding, rules, queries.documents(work.session, it.id))
    return _filled(folder, plain, fonds, limits)


def _filled(folder: Folder, plain: FolderSeen, fonds: Fonds, limits: Limits) -> FolderSeen:
    work, it, binding = folder.work, folder.volume, folder.binding
    is_at, steps = _is_at(work, it, binding), queries.steps(work.session, it.id)
    seen = documents_seen(folder, in_full=is_at)
    by_id = {item.id: item.uid for item in folder.documents}
    leaves = folder.leaves()
    total = sum(document.last - document.first + 1 for document in seen if document.first)
    binders = queries.binders(work.session, it.id)
    names = names_of(
        work.session,
        binders | {i for i in (binding.submitted_by, binding.checker_id) if i is not None},
    )
    found = problems(folder, limits) if is_at and it.state != ARCHIVED else ()
    return replace(
        plain,
        held=any(document.held for document in seen),
        may=_may(work, it, binding, steps),
        flags=flags_seen(folder.rules.flags, folder.flags),
        documents=seen,
        loose=loose_seen(work, fonds) if is_at and it.state in {ARRANGING, ARCHIVED} else (),
        slots=slots_seen(folder),
        parts=tuple(
            PartSeen(tuple(by_id[i] for i in part.items), part.pages, part.mm)
            for part in (parts(leaves, folder.rules) if is_at else ())
        ),
        pages=total,
        mm=folder.rules.thickness_mm(total),
        limit_pages=folder.rules.most_pages,
        limit_mm=folder.rules.most_mm,
        steps=_steps(work, steps),
        problems=tuple(
            ProblemSeen(p.code, None if p.item is None else p.item.uid, p.detail, p.blocks) for p in found
        ),
        binders=tuple(sorted(names[i] for i in binders)),
        submitted_by=names.get(binding.submitted_by or 0, ""),
        submitted_at=binding.submitted_at,
        checker=names.get(binding.checker_id or 0, ""),
        archived_at=binding.archived_at,
        remark=binding.remark or "",
        returned=binding.returned or "",
        supplements=supplements_seen(folder),
    )


def _may(work: Work, it: Volume, binding: Binding | None, steps: Sequence[BindingStep]) -> frozenset[str]:
    """What the asker can do to the folder as it stands."""
    target = queries.volume_target(work.session, it)
    binds = isinstance(work.decide(Action.BINDING_ARRANGE, target), Allowed)
    checks = isinstance(work.decide(Action.BINDING_CHECK, target), Allowed)
    waives = isinstance(work.decide(Action.BINDING_WAIVE, target), Allowed)
    is_binder = work.actor.id in queries.binders(work.session, it.id)
    checker = None if binding is None else binding.checker_id
    acts = {
        "begin": binds and it.state == OPEN,
        "join": binds and it.state == ARRANGING and not is_binder,
        "arrange": binds and it.state == ARRANGING and is_binder,
        "split_folder": binds and it.state == ARRANGING and is_binder,
        "undo": binds and it.state == ARRANGING and is_binder and last_undoable(steps) is not None,
        "redo": binds and it.state == ARRANGING and is_binder and next_redoable(steps) is not None,
        "submit": binds and it.state == ARRANGING and is_binder,
        "take_back": binds and it.state == CHECKING and checker is None and is_binder,
        "begin_check": checks and it.state == CHECKING and checker != work.actor.id,
        "check": checks and it.state == CHECKING and checker == work.actor.id,
        "waive": waives and it.state in {ARRANGING, CHECKING},
        "supplement": binds and it.state == ARCHIVED and binding is not None,
    }
    return frozenset(act for act, may in acts.items() if may)


@dataclass(frozen=True)
class Since:
    """``revision``: what the asker's page was loaded with."""

    revision: int


@operation(Action.BINDING_SHOW, on=volume, reads=True)
def show_changes(work: Work, it: Volume, since: Since) -> tuple[StepSeen, ...]:
    """What was done to the folder after that, and by whom."""
    work.touch(f"volume:{it.uid}")
    steps = queries.steps(work.session, it.id)
    return _steps(work, [step for step in steps if step.revision > since.revision])


def _steps(work: Work, steps: Sequence[BindingStep]) -> tuple[StepSeen, ...]:
    names = names_of(work.session, {step.account_id for step in steps})
    return tuple(StepSeen(s.revision, s.at, names[s.account_id], s.kind, s.is_undone) for s in steps)


OPERATIONS = (show_desk, show_folder, show_changes)
