"""Checkpoints are C2SP notes that other people's tools read, and a forged one does not open."""

import base64
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.core.audit.checkpoint import (
    Checkpoint,
    keepsake,
    note,
    open_note,
    read_keepsake,
    read_verifier_key,
    sign_note,
    verifier_key,
    verify_note,
)
from archive.core.errors import Altered
from archive.core.vault.signing import LogSigner
from tests.audit.logs import SIGNER, STRANGER, VERIFIER_KEY

CHECKPOINT = Checkpoint(SIGNER.name, 42, b"r" * 32)
NOTE = note(CHECKPOINT, SIGNER)

# The example of Go's golang.org/x/mod/sumdb/note, the origin of the format.
NEUMANN_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
NEUMANN_SEED = base64.b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
NEUMANN_TEXT = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
)
NEUMANN_NOTE = (
    NEUMANN_TEXT
    + "\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


def test_the_published_note_opens() -> None:
    assert verify_note(NEUMANN_NOTE, NEUMANN_KEY) == NEUMANN_TEXT


def test_the_published_note_is_signed_alike() -> None:
    neumann = LogSigner("PeterNeumann", NEUMANN_SEED)
    assert sign_note(NEUMANN_TEXT, neumann) == NEUMANN_NOTE
    assert verifier_key(neumann.name, neumann.public) == NEUMANN_KEY


def test_a_checkpoint_is_origin_size_and_root() -> None:
    root = base64.b64encode(b"r" * 32).decode()
    assert NOTE.startswith(f"juanzong.example/log\n42\n{root}\n\n— juanzong.example/log ")


def test_a_checkpoint_opens_with_the_key_of_its_log() -> None:
    assert open_note(NOTE, VERIFIER_KEY) == CHECKPOINT


def test_another_key_of_the_same_name_does_not_open_it() -> None:
    with pytest.raises(Altered):
        open_note(NOTE, verifier_key(STRANGER.name, STRANGER.public))


def test_the_lines_of_witnesses_are_passed_over() -> None:
    line = "— witness.example " + base64.b64encode(b"12345678").decode() + "\n"
    body, _, ours = NOTE.partition("\n\n")
    assert open_note(f"{body}\n\n{line}{ours}{line}", VERIFIER_KEY) == CHECKPOINT


@given(st.data())
def test_no_character_of_a_note_may_change(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(NOTE) - 1))
    other = data.draw(st.characters().filter(lambda character: character != NOTE[at]))
    with pytest.raises(Altered):
        open_note(NOTE[:at] + other + NOTE[at + 1 :], VERIFIER_KEY)


def test_a_second_spelling_of_the_same_signature_is_refused() -> None:
    """The last character before the padding has two bits that decode to nothing."""
    alphabet = string.ascii_uppercase + string.ascii_lowercase + string.digits + "+/"
    last = NOTE[-3]
    assert NOTE.endswith("=\n")
    with pytest.raises(Altered):
        open_note(NOTE[:-3] + alphabet[alphabet.index(last) ^ 1] + "=\n", VERIFIER_KEY)


@given(st.text())
def test_rubbish_is_no_note(text: str) -> None:
    with pytest.raises(Altered):
        open_note(text, VERIFIER_KEY)


@pytest.mark.parametrize(
    "body",
    [
        "log\n042\n" + base64.b64encode(b"r" * 32).decode() + "\n",
        "log\n-1\n" + base64.b64encode(b"r" * 32).decode() + "\n",
        "log\n٤٢\n" + base64.b64encode(b"r" * 32).decode() + "\n",
        "log\n99999999999999999999\n" + base64.b64encode(b"r" * 32).decode() + "\n",
        "log\n42\n" + base64.b64encode(b"r" * 31).decode() + "\n",
        "log\n42\n!!!!\n",
        "log\n42\n",
        "\n42\n" + base64.b64encode(b"r" * 32).decode() + "\n",
    ],
    ids=[
        "leading zero",
        "negative",
        "other digits",
        "too large",
        "short root",
        "no base64",
        "no root",
        "no origin",
    ],
)
def test_a_signed_text_that_is_no_checkpoint_is_refused(body: str) -> None:
    with pytest.raises(Altered):
        open_note(sign_note(body, SIGNER), VERIFIER_KEY)


def test_a_verifier_key_is_read_back() -> None:
    assert read_verifier_key(VERIFIER_KEY) == (SIGNER.name, SIGNER.public)


@given(st.data())
def test_no_character_of_a_verifier_key_may_change(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(VERIFIER_KEY) - 1))
    other = data.draw(st.characters().filter(lambda character: character != VERIFIER_KEY[at]))
    with pytest.raises(Altered):
        read_verifier_key(VERIFIER_KEY[:at] + other + VERIFIER_KEY[at + 1 :])


@pytest.mark.parametrize(("start", "line_break"), [("", "\n"), ("\ufeff", "\r\n")])
def test_what_is_kept_outside_holds_key_and_checkpoint(start: str, line_break: str) -> None:
    text = start + keepsake(VERIFIER_KEY, NOTE).replace("\n", line_break)
    assert read_keepsake(text) == (VERIFIER_KEY, CHECKPOINT)


def test_what_is_kept_outside_must_be_signed_by_its_own_key() -> None:
    with pytest.raises(Altered):
        read_keepsake(keepsake(verifier_key(STRANGER.name, STRANGER.public), NOTE))
