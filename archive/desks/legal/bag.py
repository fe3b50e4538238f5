"""A BagIt 1.0 bag (RFC 8493) inside a ZIP, written as a stream: nothing of it ever lies on a disk here.

Payload under ``data/`` comes first and is hashed while it passes; then tag files, manifests, and the manifest of tags. A
stream that breaks off has no directory of the ZIP and opens nowhere.
"""

import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256, sha512

ALGORITHMS = ("sha256", "sha512")
_MOMENT = (1980, 1, 1, 0, 0, 0)
"""Of every file in the ZIP: when it was packed is told in bag-info.txt and must not change the bytes of the rest."""

_STORED_BITS = 0o100644 << 16


@dataclass(frozen=True)
class Member:
    """``path`` inside the bag; ``size`` in bytes, an upper bound. ``chunks`` is read once."""

    path: str
    size: int
    chunks: Iterable[bytes]


@dataclass
class _Digests:
    """Lines of one kind of manifest, by algorithm."""

    lines: dict[str, list[str]] = field(default_factory=lambda: {name: [] for name in ALGORITHMS})

    def text(self, algorithm: str) -> bytes:
        return "".join(self.lines[algorithm]).encode()


def stream_bag(
    name: str, payload: Iterable[Member], tags: Mapping[str, bytes], info: Mapping[str, str]
) -> Iterator[bytes]:
    """``tags``: further tag files by path; ``info``: fields of bag-info.txt, to which Payload-Oxum is added."""
    outbox = _Outbox()
    payload_digests, tag_digests = _Digests(), _Digests()
    octets = files = 0
    with zipfile.ZipFile(outbox, "w", zipfile.ZIP_STORED) as archive:
        for member in payload:
            files += 1
            for count in _write(archive, name, member, payload_digests):
                octets += count
                yield from outbox.taken()
        oxum = {**info, "Payload-Oxum": f"{octets}.{files}"}
        for path, content in _tag_files(tags, oxum, payload_digests).items():
            yield from _tag(archive, outbox, name, path, content, tag_digests)
        for algorithm in ALGORITHMS:
            content = tag_digests.text(algorithm)
            yield from _tag(archive, outbox, name, f"tagmanifest-{algorithm}.txt", content, _Digests())
    yield from outbox.taken()


def _tag_files(tags: Mapping[str, bytes], info: Mapping[str, str], payload: _Digests) -> dict[str, bytes]:
    return {
        "bagit.txt": b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
        "bag-info.txt": "".join(f"{key}: {_one_line(value)}\n" for key, value in info.items()).encode(),
        **{f"manifest-{algorithm}.txt": payload.text(algorithm) for algorithm in ALGORITHMS},
        **tags,
    }


def _tag(
    archive: zipfile.ZipFile, outbox: "_Outbox", name: str, path: str, content: bytes, into: _Digests
) -> Iterator[bytes]:
    for _ in _write(archive, name, Member(path, len(content), [content]), into):
        yield from outbox.taken()


def _write(archive: zipfile.ZipFile, name: str, member: Member, into: _Digests) -> Iterator[int]:
    """The number of bytes after each chunk, so that whoever asks can pass on what has been written."""
    entry = zipfile.ZipInfo(f"{name}/{member.path}", _MOMENT)
    entry.external_attr = _STORED_BITS
    entry.file_size = member.size
    hashes = (sha256(), sha512())
    with archive.open(entry, "w") as file:
        for chunk in member.chunks:
            for one in hashes:
                one.update(chunk)
            file.write(chunk)
            yield len(chunk)
    for algorithm, one in zip(ALGORITHMS, hashes, strict=True):
        into.lines[algorithm].append(f"{one.hexdigest()}  {encoded(member.path)}\n")


def encoded(path: str) -> str:
    """As a manifest writes it: RFC 8493 §2.1.3."""
    return path.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _one_line(text: str) -> str:
    return " ".join(text.split())


class _Outbox:
    """What the ZIP writer takes for a file that cannot be wound back."""

    def __init__(self) -> None:
        self._waiting: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._waiting.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Whoever reads takes what there is."""

    def close(self) -> None:
        """There is nothing to let go of."""

    def taken(self) -> list[bytes]:
        """What was written since the last time, in one piece, if there is any."""
        data = b"".join(self._waiting)
        self._waiting.clear()
        return [data] if data else []
