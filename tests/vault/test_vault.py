from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from archive.core.errors import Altered, Conflict, KeyDestroyed, ObjectMissing, PermitRefused
from archive.core.permit import Permit, PermitOffice
from archive.core.vault.envelope import sealed_size
from archive.core.vault.keyring import Keyring
from archive.core.vault.local import LocalStore
from archive.core.vault.vault import Handle, Vault
from tests.vault.conftest import Clock

PAGE = b"the patient was admitted on the second of November " * 20_000


@dataclass(frozen=True)
class House:
    store: LocalStore
    keyring: Keyring
    office: PermitOffice
    clock: Clock
    vault: Vault

    def permit(self, *objects: UUID) -> Permit:
        until = self.clock.now + timedelta(seconds=60)
        return self.office.mint(
            event=uuid4(),
            actor="zhang",
            action="page:show",
            objects=objects,
            until=until,
            now=self.clock.now,
        )


def built(folder: Path, keyring: Keyring, clock: Clock) -> House:
    store, office = LocalStore(folder), PermitOffice(bytes(32))
    return House(store, keyring, office, clock, Vault(store, keyring, office, clock))


@pytest.fixture
def house(tmp_path: Path, keyring: Keyring, clock: Clock) -> House:
    return built(tmp_path / "objects", keyring, clock)


@pytest.fixture
def dek(keyring: Keyring, fonds: UUID) -> UUID:
    return keyring.new_dek(fonds)


@pytest.fixture
def page(house: House, dek: UUID) -> Handle:
    object_id = uuid4()
    sealed = house.vault.seal(house.permit(object_id), object_id, dek, [PAGE[:5], PAGE[5:]])
    return Handle(object_id, dek, sealed.size, "text/plain")


# --- what a permit covers ------------------------------------------------------------------------------------


def test_a_sealed_object_opens_whole_in_chunks_and_in_ranges(house: House, page: Handle) -> None:
    opened = house.vault.open(house.permit(page.object_id), page)
    assert opened.size == len(PAGE)
    assert opened.all() == PAGE
    assert b"".join(opened.chunks()) == PAGE
    assert opened.read(300_000, 50) == PAGE[300_000:300_050]


def test_what_is_recorded_are_the_digests_and_sizes_of_both_sides(house: House, dek: UUID) -> None:
    object_id = uuid4()
    sealed = house.vault.seal(house.permit(object_id), object_id, dek, [PAGE])
    stored = house.store.read_at(object_id, 0, 10**8)
    assert (sealed.object_id, sealed.size, sealed.sha256) == (object_id, len(PAGE), sha256(PAGE).digest())
    assert (sealed.sealed_size, sealed.sealed_sha256) == (len(stored), sha256(stored).digest())
    assert len(stored) == sealed_size(len(PAGE))


def test_the_store_holds_no_readable_text(house: House, page: Handle) -> None:
    assert b"patient" not in house.store.read_at(page.object_id, 0, 10**8)


BAD_PERMITS: dict[str, Callable[[House, UUID], Permit]] = {
    "of another house": lambda house, wanted: replace(house, office=PermitOffice(b"x" * 32)).permit(wanted),
    "made up": lambda house, wanted: replace(house.permit(wanted), mac=bytes(32)),
    "for another object": lambda house, _: house.permit(uuid4()),
    "for no object": lambda house, _: house.permit(),
    "object put in": lambda house, wanted: replace(house.permit(uuid4()), objects=frozenset({wanted})),
    "prolonged": lambda house, wanted: replace(
        house.permit(wanted), until=house.clock.now + timedelta(days=1)
    ),
    "of another actor": lambda house, wanted: replace(house.permit(wanted), actor="administrator"),
    "for another action": lambda house, wanted: replace(house.permit(wanted), action="page:print"),
    "of another entry": lambda house, wanted: replace(house.permit(wanted), event=uuid4()),
    "expired": lambda house, wanted: house.office.mint(
        event=uuid4(),
        actor="zhang",
        action="page:show",
        objects=[wanted],
        until=house.clock.now,
        now=house.clock.now,
    ),
}


@pytest.mark.parametrize("bad", BAD_PERMITS.values(), ids=BAD_PERMITS)
def test_a_permit_that_does_not_hold_opens_nothing(
    house: House, page: Handle, bad: Callable[[House, UUID], Permit]
) -> None:
    with pytest.raises(PermitRefused):
        house.vault.open(bad(house, page.object_id), page)


@pytest.mark.parametrize("bad", BAD_PERMITS.values(), ids=BAD_PERMITS)
def test_a_permit_that_does_not_hold_seals_nothing_and_takes_no_byte(
    house: House, dek: UUID, bad: Callable[[House, UUID], Permit]
) -> None:
    taken: list[bytes] = []

    def upload() -> Iterator[bytes]:
        taken.append(b"x")
        yield b"x"

    object_id = uuid4()
    with pytest.raises(PermitRefused):
        house.vault.seal(bad(house, object_id), object_id, dek, upload())
    assert (taken, list(house.store.objects())) == ([], [])


def test_a_reading_ends_when_its_permit_does(house: House, page: Handle) -> None:
    opened = house.vault.open(house.permit(page.object_id), page)
    chunks = opened.chunks()
    next(chunks)
    house.clock.advance(59)
    next(chunks)
    assert opened.read(0, 3) == PAGE[:3]
    house.clock.advance(1)
    with pytest.raises(PermitRefused):
        next(chunks)
    with pytest.raises(PermitRefused):
        opened.read(0, 3)
    with pytest.raises(PermitRefused):
        opened.all()


# --- what goes wrong -----------------------------------------------------------------------------------------


def test_an_object_is_sealed_once(house: House, page: Handle) -> None:
    permit = house.permit(page.object_id)
    with pytest.raises(Conflict):
        house.vault.seal(permit, page.object_id, page.dek_id, [b"other"])
    assert house.vault.open(permit, page).all() == PAGE


def test_an_upload_that_breaks_off_leaves_nothing(house: House, dek: UUID) -> None:
    def upload() -> Iterator[bytes]:
        yield bytes(600_000)
        raise ConnectionResetError

    object_id = uuid4()
    with pytest.raises(ConnectionResetError):
        house.vault.seal(house.permit(object_id), object_id, dek, upload())
    assert list(house.store.objects()) == []


def test_a_destroyed_key_ends_all_its_objects(house: House, page: Handle) -> None:
    house.keyring.destroy(page.dek_id, uuid4(), house.clock.now)
    with pytest.raises(KeyDestroyed):
        house.vault.open(house.permit(page.object_id), page)


def test_a_missing_object_is_told(house: House, page: Handle) -> None:
    house.store.delete(page.object_id)
    with pytest.raises(ObjectMissing):
        house.vault.open(house.permit(page.object_id), page)


def test_a_handle_with_the_key_of_another_item_does_not_open(house: House, page: Handle, fonds: UUID) -> None:
    with pytest.raises(Altered):
        house.vault.open(house.permit(page.object_id), replace(page, dek_id=house.keyring.new_dek(fonds)))


def rewrite(store: LocalStore, object_id: UUID, stored: bytes) -> None:
    store.delete(object_id)
    store.put(object_id, [stored])


def test_an_object_cut_between_segments_is_refused_before_any_range_is_read(
    house: House, page: Handle
) -> None:
    rewrite(house.store, page.object_id, house.store.read_at(page.object_id, 0, 72 + 2 * 2**18))
    with pytest.raises(Altered, match="cut off"):
        house.vault.open(house.permit(page.object_id), page)


def test_a_damaged_object_is_never_given_out_whole(house: House, page: Handle) -> None:
    stored = bytearray(house.store.read_at(page.object_id, 0, 10**8))
    stored[-20] ^= 1
    rewrite(house.store, page.object_id, bytes(stored))
    opened = house.vault.open(house.permit(page.object_id), page)
    with pytest.raises(Altered):
        opened.all()


# --- under another key ---------------------------------------------------------------------------------------


def test_resealing_gives_the_same_bytes_under_the_new_key_and_leaves_the_old_object(
    house: House, page: Handle, fonds: UUID
) -> None:
    new_object, new_dek = uuid4(), house.keyring.new_dek(fonds)
    permit = house.permit(page.object_id, new_object)
    sealed = house.vault.reseal(permit, page, new_object, new_dek)
    assert sealed.sha256 == sha256(PAGE).digest()
    house.keyring.destroy(page.dek_id, uuid4(), house.clock.now)
    assert house.vault.open(permit, Handle(new_object, new_dek, sealed.size, "text/plain")).all() == PAGE


@pytest.mark.parametrize("covered", [0, 1])
def test_resealing_needs_a_permit_for_both_objects(house: House, page: Handle, covered: int) -> None:
    new_object = uuid4()
    permit = house.permit([page.object_id, new_object][covered])
    with pytest.raises(PermitRefused):
        house.vault.reseal(permit, page, new_object, page.dek_id)
    assert list(house.store.objects()) == [page.object_id]


def test_a_damaged_object_is_not_resealed(house: House, page: Handle) -> None:
    stored = bytearray(house.store.read_at(page.object_id, 0, 10**8))
    stored[-20] ^= 1
    rewrite(house.store, page.object_id, bytes(stored))
    new_object = uuid4()
    with pytest.raises(Altered):
        house.vault.reseal(house.permit(page.object_id, new_object), page, new_object, page.dek_id)
    assert list(house.store.objects()) == [page.object_id]
