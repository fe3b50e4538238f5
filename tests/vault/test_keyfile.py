import copy
import json
import os
import pickle
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from archive.core.errors import Conflict, Invalid, KeyUnavailable
from archive.core.vault.keyfile import FULL_COST, Cost, Root, create_root, load_root

CHEAP = Cost(memory_kib=64, time=1, lanes=1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "root.key"


def test_a_loaded_root_derives_the_same_keys(path: Path) -> None:
    created = create_root(path, None)
    assert load_root(path, None).derive("archive.db") == created.derive("archive.db")


def test_a_passphrase_protects_the_root_and_opens_it(path: Path) -> None:
    created = create_root(path, "松烟入墨 twelve", cost=CHEAP)
    assert load_root(path, "松烟入墨 twelve").derive("permit") == created.derive("permit")


def test_the_passphrase_is_stretched_with_a_gibibyte_unless_told_otherwise() -> None:
    assert (FULL_COST.memory_kib, FULL_COST.time) == (2**20, 4)


def test_a_key_is_hkdf_of_the_root_under_its_label() -> None:
    expected = HKDF(SHA256(), 48, None, b"permit").derive(bytes(32))
    assert Root(bytes(32)).derive("permit", 48) == expected
    assert Root(bytes(32)).derive("archive.db") != Root(bytes(32)).derive("search.db")


def test_one_passphrase_typed_on_two_keyboards_is_the_same(path: Path) -> None:
    created = create_root(path, "caf\u00e9", cost=CHEAP)
    assert load_root(path, "cafe\u0301").derive("x") == created.derive("x")


def test_the_file_is_for_its_owner_only(path: Path) -> None:
    create_root(path, None)
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_bytes_and_name_of_the_file_are_synced(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[str] = []
    monkeypatch.setattr(
        os, "fsync", lambda descriptor: synced.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)
    )
    create_root(path, None)
    assert synced[0].startswith(".root.key.")
    assert synced[1:] == [path.parent.name]


def test_a_protected_file_does_not_hold_the_root(path: Path, tmp_path: Path) -> None:
    root = create_root(path, "passphrase", cost=CHEAP)
    assert root._bytes.hex() not in path.read_text()
    create_root(tmp_path / "open.key", None)
    assert load_root(tmp_path / "open.key", None)._bytes.hex() in (tmp_path / "open.key").read_text()


def test_a_key_file_is_never_overwritten(path: Path) -> None:
    first = create_root(path, None)
    with pytest.raises(Conflict):
        create_root(path, None)
    assert load_root(path, None).derive("x") == first.derive("x")
    assert list(path.parent.iterdir()) == [path]


def test_two_roots_differ(path: Path) -> None:
    assert create_root(path, None).derive("x") != create_root(path.with_name("other.key"), None).derive("x")


def test_an_empty_passphrase_is_refused(path: Path) -> None:
    with pytest.raises(Invalid):
        create_root(path, "")
    assert not path.exists()


def test_a_missing_file_is_named(path: Path) -> None:
    with pytest.raises(KeyUnavailable, match="missing"):
        load_root(path, None)


def test_a_wrong_passphrase_is_told_from_a_damaged_file(path: Path) -> None:
    create_root(path, "right", cost=CHEAP)
    with pytest.raises(KeyUnavailable, match="wrong"):
        load_root(path, "wrong")


def test_a_protected_file_asks_for_its_passphrase(path: Path) -> None:
    create_root(path, "right", cost=CHEAP)
    with pytest.raises(KeyUnavailable, match="needs its passphrase"):
        load_root(path, None)


def test_an_open_file_put_in_the_place_of_a_protected_one_is_noticed(path: Path) -> None:
    create_root(path, None)
    with pytest.raises(KeyUnavailable, match="has none"):
        load_root(path, "right")


@pytest.mark.parametrize("passphrase", [None, "right"])
def test_every_changed_or_missing_character_is_noticed_as_damage(path: Path, passphrase: str | None) -> None:
    create_root(path, passphrase, cost=CHEAP)
    whole = path.read_text()
    for at, character in enumerate(whole.rstrip()):
        if character.isspace():
            continue
        for damaged in (whole[:at] + "~" + whole[at + 1 :], whole[:at]):
            path.write_text(damaged)
            with pytest.raises(KeyUnavailable, match="damaged"):
                load_root(path, passphrase)


@pytest.mark.parametrize("text", ["", "[]", "null", "7", "{}", '{"checksum": "x"}', "\udcff"])
def test_what_is_no_key_file_is_damaged(path: Path, text: str) -> None:
    path.write_text(text, errors="surrogateescape")
    path.chmod(0o600)
    with pytest.raises(KeyUnavailable, match="damaged"):
        load_root(path, None)


@pytest.mark.parametrize(
    "cost",
    [Cost(2**30, 1, 1), Cost(64, 10**6, 1), Cost(64, 0, 1), Cost(64, 1, 1000), Cost(4, 1, 1), Cost(64, 1, 0)],
)
def test_a_file_that_asks_for_impossible_work_is_refused(path: Path, cost: Cost) -> None:
    from archive.core.vault.keyfile import _Contents, _to_text

    path.write_text(_to_text(_Contents(cost, bytes(16), bytes(60))))
    path.chmod(0o600)
    with pytest.raises(KeyUnavailable, match="damaged"):
        load_root(path, "right")


def test_the_costs_cannot_be_lowered_by_who_edits_the_file(path: Path) -> None:
    from archive.core.vault.keyfile import _checksum

    create_root(path, "right", cost=CHEAP)
    fields = json.loads(path.read_text())
    del fields["checksum"]
    fields["argon2id"]["time"] = 2
    path.write_text(json.dumps({**fields, "checksum": _checksum(fields)}))
    with pytest.raises(KeyUnavailable, match="wrong"):
        load_root(path, "right")


@pytest.mark.parametrize("mode", [0o604, 0o602, 0o666])
def test_a_file_that_everybody_can_read_or_write_is_refused_with_the_remedy(path: Path, mode: int) -> None:
    create_root(path, None)
    path.chmod(mode)
    with pytest.raises(KeyUnavailable) as refused:
        load_root(path, None)
    assert "chmod 600" in refused.value.remedy


def test_a_folder_that_is_not_there_is_told_in_words(tmp_path: Path) -> None:
    with pytest.raises(KeyUnavailable, match="cannot be used"):
        create_root(tmp_path / "nowhere" / "root.key", None)


def test_a_folder_in_its_place_is_told_in_words(path: Path) -> None:
    path.mkdir()
    with pytest.raises(KeyUnavailable, match="cannot be used"):
        load_root(path, None)


def test_a_root_cannot_be_printed_pickled_or_copied() -> None:
    root = Root(bytes(range(32)))
    assert repr(root) == str(root) == "Root(...)"
    for write_out in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="never written out"):
            write_out(root)


def test_no_error_quotes_the_key(path: Path) -> None:
    create_root(path, None)
    secret = json.loads(path.read_text())["root"]
    path.write_text(path.read_text().replace('"salt"', '"slat"'))
    with pytest.raises(KeyUnavailable) as refused:
        load_root(path, None)
    error: BaseException | None = refused.value
    while error is not None:
        assert secret not in repr(error)
        error = error.__cause__ or error.__context__


def test_a_root_has_32_bytes() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Root(bytes(31))
