"""Who may know of an item sees whose it is; identity and telephone numbers are for who may read it."""

from archive.holdings.operations import PersonNamed, show_item
from tests.cast import House, Person
from tests.cast import Made as MadeItem

NAMED = PersonNamed("陳怡君", "990102198703140028", "12900351827", "insured")


def claim(house: House) -> MadeItem:
    return house.archived_item(tier=3, persons=(NAMED,))


def person_seen(house: House, by: Person, made: MadeItem) -> PersonNamed:
    return house.gate_of(by, show_item).run(show_item, made.uid).value.persons[0]


def test_a_handler_without_a_loan_sees_the_name_and_the_last_four_digits(house: House) -> None:
    seen = person_seen(house, house.handler, claim(house))

    assert seen == PersonNamed("陳怡君", "••••••••••••••0028", "•••••••1827", "insured")


def test_a_handler_with_a_loan_sees_the_numbers(house: House) -> None:
    made = claim(house)
    house.lend(made, to=house.handler)

    assert person_seen(house, house.handler, made) == NAMED


def test_the_archivist_who_describes_sees_the_numbers(house: House) -> None:
    assert person_seen(house, house.archivist, claim(house)) == NAMED
