"""Who may do what, in one file that changes only in review, and the sentences that hold for it whatever the rules say."""

from dataclasses import replace

import pytest

from archive.core.access.actions import GRANTED_ROLES, Action, Purpose, Role
from archive.core.access.policy import Allowed, Denied, State, Target
from tests.access.matrix import GOLDEN, matrix
from tests.access.world import (
    CASE_VOLUME,
    ITEM_ACTIONS,
    ME,
    OWN_BATCH,
    OWN_UNIT,
    SOMEBODY,
    answer,
    asking,
    grant,
    item,
    relations,
    rules,
)

READS = (Action.ITEM_FIND, Action.ITEM_SHOW, Action.PAGE_FIND, Action.PAGE_SHOW)
CLAIMS = (Role.CLAIMS_HANDLER, Role.CLAIMS_SUPERVISOR)


def test_the_matrix_is_the_one_that_was_reviewed() -> None:
    assert matrix() == GOLDEN.read_text("utf-8"), "changed on purpose? run: python -m tests.access.matrix"


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR, Role.STAFF, Role.ANYONE, Role.OPERATOR])
def test_this_role_reaches_no_item_even_with_every_grant(role: Role) -> None:
    """S1, S2, S3: accounts or the log, never content."""
    assert {answer(role, action, t) for action in ITEM_ACTIONS for t in relations().values()} == {"-"}


def test_the_administrator_keeps_accounts_and_looks_whether_anything_is_damaged_and_nothing_else() -> None:
    assert actions_of(Role.ADMINISTRATOR) == {
        Action.ACCOUNT_LIST,
        Action.ACCOUNT_CREATE,
        Action.ACCOUNT_CLOSE,
        Action.INSPECTION_LIST,
        Action.INSPECTION_ASK,
        Action.INSPECTION_COUNT,
    }


def test_the_auditor_reads_the_log_and_what_was_found_damaged_and_nothing_else() -> None:
    reads = {Action.LOG_SHOW, Action.LOG_EXPORT, Action.LOG_VERIFY, Action.INSPECTION_LIST}
    reads |= {Action.LOG_DETAIL, Action.LOG_UNMASK, Action.INSPECTION_COUNT}
    assert actions_of(Role.AUDITOR) == reads


def test_the_keeper_sweeps_and_checks_and_nothing_else() -> None:
    assert actions_of(Role.KEEPER) == {Action.ARCHIVE_SWEEP, Action.ARCHIVE_CHECK}


def test_nobody_who_works_with_records_reads_the_log() -> None:
    assert [r for r in GRANTED_ROLES if Action.LOG_SHOW in actions_of(r)] == [Role.AUDITOR]


@pytest.mark.parametrize("role", CLAIMS)
def test_claims_staff_read_t4_in_their_own_case_or_on_a_loan_only(role: Role) -> None:
    assert answer(role, Action.PAGE_SHOW, item(4, unit_id=OWN_UNIT), ()) in {"-", "R_NOLOAN"}
    assert answer(role, Action.PAGE_SHOW, item(4, volume_id=CASE_VOLUME)) == "purpose"
    assert answer(role, Action.PAGE_SHOW, item(4, item_id=34)) == "purpose"


def test_a_handler_knows_of_t3_in_the_own_unit_and_of_t4_in_the_own_case_only() -> None:
    handler = Role.CLAIMS_HANDLER
    assert answer(handler, Action.ITEM_FIND, item(3, unit_id=OWN_UNIT)) == "yes"
    assert answer(handler, Action.ITEM_FIND, item(4, unit_id=OWN_UNIT)) == "-"
    assert answer(handler, Action.ITEM_FIND, item(4, volume_id=CASE_VOLUME)) == "yes"


def test_a_handler_reads_t3_of_the_own_unit_with_a_loan_only_and_sees_no_snippet_before() -> None:
    handler = Role.CLAIMS_HANDLER
    assert answer(handler, Action.PAGE_SHOW, item(3, unit_id=OWN_UNIT)) == "R_NOLOAN"
    assert answer(handler, Action.PAGE_FIND, item(3, unit_id=OWN_UNIT)) == "yes*"
    assert answer(handler, Action.PAGE_FIND, item(3, item_id=33, unit_id=OWN_UNIT)) == "yes"


def test_a_supervisor_knows_of_t4_in_the_own_unit() -> None:
    assert answer(Role.CLAIMS_SUPERVISOR, Action.ITEM_FIND, item(4, unit_id=OWN_UNIT)) == "yes"
    assert answer(Role.CLAIMS_SUPERVISOR, Action.ITEM_FIND, item(4)) == "-"


@pytest.mark.parametrize("role", [*CLAIMS, Role.LEGAL])
def test_what_belongs_to_another_unit_is_not_there_from_t2_up(role: Role) -> None:
    assert {answer(role, action, item(tier), ()) for action in READS for tier in (2, 3, 4, 5)} == {"-"}


def test_an_archivist_reads_her_own_batch_until_it_is_archived() -> None:
    draft = item(4, state=State.DRAFT, batch_id=OWN_BATCH)
    assert answer(Role.ARCHIVIST, Action.PAGE_SHOW, draft) == "yes"
    assert answer(Role.ARCHIVIST, Action.PAGE_SHOW, replace(draft, state=State.ARCHIVED)) == "R_NOLOAN"


def test_an_archivist_reads_t3_for_a_purpose_and_t4_on_a_loan() -> None:
    assert answer(Role.ARCHIVIST, Action.PAGE_SHOW, item(3)) == "purpose"
    assert answer(Role.ARCHIVIST, Action.PAGE_SHOW, item(4)) == "R_NOLOAN"
    assert answer(Role.ARCHIVIST, Action.PAGE_SHOW, item(4, item_id=34)) == "purpose"


@pytest.mark.parametrize("role", GRANTED_ROLES)
def test_somebody_elses_draft_is_not_there(role: Role) -> None:
    draft = item(1, state=State.DRAFT, unit_id=OWN_UNIT)
    assert {answer(role, action, draft) for action in ITEM_ACTIONS} == {"-"}


@pytest.mark.parametrize("role", GRANTED_ROLES)
def test_t5_is_not_there_for_whoever_is_not_named(role: Role) -> None:
    """Not by unit, not by case, not by loan."""
    unnamed = (
        grant("case", "volume", CASE_VOLUME),
        grant("loan", "item", 35),
        grant("batch", "batch", OWN_BATCH),
    )
    everywhere = (
        item(5, unit_id=OWN_UNIT),
        item(5),
        item(5, volume_id=CASE_VOLUME),
        item(5, item_id=35),
    )
    assert {answer(role, action, t, unnamed) for action in ITEM_ACTIONS for t in everywhere} == {"-"}


def test_the_maker_of_a_t5_item_describes_it_and_reads_it_no_more() -> None:
    mine = item(5, batch_id=OWN_BATCH)
    assert answer(Role.ARCHIVIST, Action.ITEM_SHOW, mine) == "yes"
    assert answer(Role.ARCHIVIST, Action.ITEM_DESCRIBE, mine) == "yes"
    assert not isinstance(asking(Role.ARCHIVIST).decide(Action.PAGE_SHOW, mine), Allowed)
    assert answer(Role.ARCHIVIST, Action.PAGE_SHOW, mine) == "R_UNIT"


@pytest.mark.parametrize("role", list(Role))
def test_reading_from_t2_up_needs_a_purpose_except_in_the_own_draft(role: Role) -> None:
    """The brief asks for one from T3 up; the rules already from T2."""
    for name, target in relations().items():
        if target.tier is not None and target.tier >= 2 and name != "draft":
            assert answer(role, Action.PAGE_SHOW, target) != "yes", name


@pytest.mark.parametrize("role", list(Role))
def test_every_page_that_is_shown_is_watermarked(role: Role) -> None:
    assert all("watermark" in rule.obligations for rule in rules().of(role, Action.PAGE_SHOW))


@pytest.mark.parametrize("role", list(Role))
def test_a_tier_is_lowered_by_nobody(role: Role) -> None:
    """x22 needs an archive supervisor, a role that is not there yet."""
    assert rules().of(role, Action.ITEM_LOWER) == ()


@pytest.mark.parametrize("role", GRANTED_ROLES)
@pytest.mark.parametrize("tier", range(1, 6))
def test_nobody_decides_on_her_own_request(role: Role, tier: int) -> None:
    mine = Target(
        "loan_request", unit_id=OWN_UNIT, tier=tier, state="archived", owner_id=ME, parties=frozenset({ME})
    )
    assert isinstance(asking(role).decide(Action.LOAN_DECIDE, mine), Denied)


def test_a_line_manager_lends_up_to_t3_and_the_archive_t4() -> None:
    def lends(role: Role, tier: int) -> bool:
        request = Target("loan_request", unit_id=OWN_UNIT, tier=tier, state="archived", owner_id=SOMEBODY)
        return isinstance(asking(role).decide(Action.LOAN_DECIDE, request), Allowed)

    assert [tier for tier in range(1, 6) if lends(Role.CLAIMS_SUPERVISOR, tier)] == [1, 2, 3]
    assert [tier for tier in range(1, 6) if lends(Role.ARCHIVIST, tier)] == [1, 2, 3, 4]


@pytest.mark.parametrize("role", list(Role))
def test_nobody_approves_a_role_of_her_own_or_one_that_she_granted(role: Role) -> None:
    mine = Target("role_grant", unit_id=OWN_UNIT, parties=frozenset({ME, SOMEBODY}))
    assert isinstance(asking(role).decide(Action.ROLE_APPROVE, mine), Denied)


def test_whoever_makes_accounts_approves_no_role() -> None:
    makers = [role for role in Role if Action.ACCOUNT_CREATE in actions_of(role)]
    assert [role for role in makers if Action.ROLE_APPROVE in actions_of(role)] == []


def test_nobody_who_has_signed_in_sets_the_password_of_another() -> None:
    assert [role for role in Role if Action.ACCOUNT_RESET in actions_of(role)] == [Role.OPERATOR]


def test_only_the_worker_stores_pages_and_it_shows_none() -> None:
    assert [role for role in Role if Action.PAGE_STORE in actions_of(role)] == [Role.READER]
    assert not actions_of(Role.READER) & {*READS, Action.ITEM_DESCRIBE}


def test_the_purpose_of_a_loan_stands_for_one_that_is_not_said() -> None:
    lent = replace(grant("loan", "item", 33), purpose=Purpose.LITIGATION)
    decision = asking(Role.CLAIMS_HANDLER, grants=(lent,)).decide(Action.PAGE_SHOW, item(3, item_id=33))
    assert isinstance(decision, Allowed)
    assert (decision.purpose, decision.grant) == (Purpose.LITIGATION, lent)


def actions_of(role: Role) -> set[Action]:
    return {action for action in Action if rules().of(role, action)}


@pytest.mark.parametrize("source", ["loan", "case", "named"])
def test_a_grant_opens_the_actions_that_it_names_and_no_others(source: str) -> None:
    """A loan covers its actions explicitly (§7.7): to know of an item is not to read it."""
    target = item(3, item_id=33)
    for opened in READS:
        held = (grant(source, "item", 33, frozenset({opened})),)
        answers = {action: answer(Role.CLAIMS_HANDLER, action, target, held) for action in READS}
        assert {action for action, said in answers.items() if said in {"yes", "purpose"}} == {opened}


def test_a_grant_opens_what_it_names_and_nothing_else() -> None:
    on_item, on_volume = (grant("loan", "item", 33),), (grant("case", "volume", CASE_VOLUME),)
    handler = Role.CLAIMS_HANDLER
    assert answer(handler, Action.PAGE_SHOW, item(3, item_id=34), on_item) == "-"
    assert answer(handler, Action.PAGE_SHOW, item(3, item_id=1, volume_id=33), on_item) == "-"
    assert answer(handler, Action.PAGE_SHOW, item(3, item_id=CASE_VOLUME), on_volume) == "-"


def test_a_grant_of_a_source_that_no_rule_counts_opens_nothing() -> None:
    held = (grant("another desk", "item", 33),)
    assert answer(Role.CLAIMS_HANDLER, Action.PAGE_SHOW, item(3, item_id=33), held) == "-"
