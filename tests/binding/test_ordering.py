"""Order, page numbers, parts and required documents from plain facts; and the classes that ship are whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.desks.binding.classes import FolderClass, folder_classes, read_class
from archive.desks.binding.ordering import Leaf, by_class, missing, numbered, parts
from archive.holdings.vocabulary import DOC_TYPES

CLAIM = folder_classes()["cn.claim"]
RECORD = folder_classes()["cn.inpatient.v2013"]
BOOK = folder_classes()["cn.policy_book"]

LEAVES = st.lists(
    st.builds(
        Leaf,
        item=st.integers(),
        doc_type=st.sampled_from(sorted(DOC_TYPES)),
        faces=st.integers(min_value=0, max_value=300),
        is_fixed=st.booleans(),
    ),
    max_size=60,
)


def leaves(*faces: int) -> list[Leaf]:
    return [Leaf(number, "survey_report", count) for number, count in enumerate(faces)]


@pytest.mark.parametrize("rules", folder_classes().values(), ids=lambda rules: rules.code)
def test_a_class_names_only_types_that_the_archive_knows(rules: FolderClass) -> None:
    named = {step.type for step in rules.order} | {kind for slot in rules.slots for kind in slot.types}
    assert named <= set(DOC_TYPES)


def test_the_inpatient_record_has_the_26_steps_of_2013() -> None:
    kinds = [step.type for step in RECORD.order]
    assert len(kinds) == len(set(kinds)) == 26
    assert (kinds[0], kinds[-1]) == ("front_sheet", "nursing_record")


def test_a_class_that_is_added_as_data_needs_no_program() -> None:
    added = read_class(
        """
code: site.vehicle
version: "1"
name: 车辆档案
since: 2026-01-01
source: 示范
order: [invoice, {type: policy, when: insured}]
flags: {insured: 已投保}
slots: [{code: invoice, types: [invoice]}]
limits: {pages: 10, thickness_mm: 5}
sheet: {mm: 0.1, faces: 1}
""",
        "vehicle.yaml",
    )
    ordered = by_class([Leaf(1, "policy", 1), Leaf(2, "invoice", 1)], added, {"insured"})
    assert [leaf.item for leaf in ordered] == [2, 1]


@pytest.mark.parametrize("wrong", ["{}", "code: x", "[]"])
def test_a_class_that_is_not_whole_is_refused_by_name(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"broken\.yaml"):
        read_class(wrong, "broken.yaml")


@given(LEAVES)
def test_ordering_loses_nothing_and_leaves_fixed_documents_in_front(given_leaves: list[Leaf]) -> None:
    ordered = by_class(given_leaves, CLAIM, ())
    assert sorted(map(id, ordered)) == sorted(map(id, given_leaves))
    fixed = [leaf for leaf in given_leaves if leaf.is_fixed]
    assert ordered[: len(fixed)] == fixed


@given(LEAVES)
def test_ordering_an_ordered_folder_changes_nothing(given_leaves: list[Leaf]) -> None:
    once = by_class(given_leaves, CLAIM, {"litigated"})
    assert by_class(once, CLAIM, {"litigated"}) == once


@given(LEAVES)
def test_page_numbers_run_without_a_gap(given_leaves: list[Leaf]) -> None:
    numbers = [n for first, last in numbered(given_leaves) if first for n in range(first, last + 1)]
    assert numbers == list(range(1, sum(leaf.faces for leaf in given_leaves) + 1))


@given(LEAVES)
def test_parts_hold_every_document_once_and_in_order(given_leaves: list[Leaf]) -> None:
    cut = parts(given_leaves, CLAIM)
    assert [item for part in cut for item in part.items] == [leaf.item for leaf in given_leaves]
    assert all(part.pages <= CLAIM.most_pages or len(part.items) == 1 for part in cut)


def test_a_folder_of_two_hundred_pages_is_one_volume_and_of_one_more_is_two() -> None:
    assert len(parts(leaves(150, 50), CLAIM)) == 1
    assert [part.pages for part in parts(leaves(150, 51), CLAIM)] == [150, 51]


def test_the_fifty_first_policy_begins_a_new_book() -> None:
    assert [len(part.items) for part in parts(leaves(*[2] * 51), BOOK)] == [50, 1]


def test_what_is_missing_depends_on_the_conditions_that_apply() -> None:
    codes = {slot.code for slot in missing(CLAIM, {"deceased"}, {"claim_form"})}
    assert "household_cancellation" in codes
    assert "claim_form" not in codes
    assert "household_cancellation" not in {slot.code for slot in missing(CLAIM, (), ())}
