"""Checks an evidence bag without the archive that made it: Python 3.8 or later, nothing to install.

    python3 verify.py                 checks the folder in which it lies
    python3 verify.py FOLDER          checks another one
    python3 verify.py --key KEY       and that the log's public key is the one that you were told

Answers 0 when everything holds, 1 when something does not, and says what.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

# --- Ed25519, RFC 8032 §5.1 ------------------------------------------------------------------------------------

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
"""A point is (X, Y, Z, T) with x = X/Z, y = Y/Z, xy = T/Z."""


def _x_of(y: int, sign: int) -> int | None:
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    return P - x if x & 1 != sign else x


_Y = 4 * pow(5, P - 2, P) % P
_X = _x_of(_Y, 0) or 0
BASE: Any = (_X, _Y, 1, _X * _Y % P)


def _add(a: Any, b: Any) -> Any:
    one, two = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    three, four = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = two - one, four - three, four + three, two + one
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def _times(scalar: int, point: Any) -> Any:
    result: Any = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = _add(result, point)
        point = _add(point, point)
        scalar >>= 1
    return result


def _point(data: bytes) -> Any:
    number = int.from_bytes(data, "little")
    y, sign = number & ((1 << 255) - 1), number >> 255
    x = _x_of(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


def ed25519_verifies(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the holder of the private key signed exactly this message."""
    if len(public) != 32 or len(signature) != 64:
        return False
    key, commitment = _point(public), _point(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if key is None or commitment is None or scalar >= ORDER:
        return False
    digest = hashlib.sha512(signature[:32] + public + message).digest()
    challenge = int.from_bytes(digest, "little") % ORDER
    left, right = _times(scalar, BASE), _add(commitment, _times(challenge, key))
    return (
        not (left[0] * right[2] - right[0] * left[2]) % P
        and not (left[1] * right[2] - right[1] * left[2]) % P
    )


# --- the log: RFC 6962 tree, C2SP checkpoint ------------------------------------------------------------------


class Broken(Exception):
    """Something does not hold; the words say what."""


def included(leaf: bytes, index: int, size: int, proof: list[bytes], root: bytes) -> bool:
    """RFC 9162 §2.1.3.2."""
    if not 0 <= index < size:
        return False
    node, last = hashlib.sha256(b"\x00" + leaf).digest(), size - 1
    for sibling in proof:
        if last == 0:
            return False
        if index & 1 or index == last:
            node = hashlib.sha256(b"\x01" + sibling + node).digest()
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            node = hashlib.sha256(b"\x01" + node + sibling).digest()
        index, last = index >> 1, last >> 1
    return last == 0 and node == root


def read_checkpoint(text: str) -> tuple[str, int, bytes]:
    """Verifier key, number of entries, root; from the verifier key on the first line and the signed note after it."""
    key, _, note = text.partition("\n")
    name, _, rest = key.partition("+")
    _, _, blob = rest.partition("+")
    raw = base64.b64decode(blob, validate=True)
    body, gap, signatures = note.rpartition("\n\n")
    if raw[:1] != b"\x01" or len(raw) != 33 or not gap:
        raise Broken("the checkpoint cannot be read")
    body += "\n"
    tag = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4]
    for line in signatures.splitlines():
        dash, _, rest = line.partition(" ")
        signer, _, signed = rest.partition(" ")
        sealed = base64.b64decode(signed, validate=True) if dash == "\u2014" and signer == name else b""
        if sealed[:4] == tag and ed25519_verifies(raw[1:], body.encode(), sealed[4:]):
            origin, size, root = body.split("\n")[:3]
            if origin != name:
                raise Broken("the checkpoint is one of another log")
            return key, int(size), base64.b64decode(root, validate=True)
    raise Broken("the signature of the checkpoint does not hold")


# --- the bag ---------------------------------------------------------------------------------------------------


def digest_of(path: Path, algorithm: str) -> str:
    digest = hashlib.new(algorithm)
    with path.open("rb") as file:
        for chunk in iter(lambda: file.read(1 << 20), b""):
            digest.update(chunk)
    return digest.hexdigest()


def manifest(bag: Path, name: str) -> dict[str, str]:
    listed = {}
    for line in (bag / name).read_text("utf-8").splitlines():
        digest, _, path = line.partition("  ")
        path = path.replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%")
        if not path or path.startswith("/") or ".." in path.split("/") or path in listed:
            raise Broken(f"{name} names a file that it must not name")
        listed[path] = digest
    return listed


def check_manifests(bag: Path) -> str:
    if not (bag / "bagit.txt").read_text("utf-8").startswith("BagIt-Version: 1.0\n"):
        raise Broken("bagit.txt is not one of BagIt 1.0")
    here = {path.relative_to(bag).as_posix() for path in bag.rglob("*") if path.is_file()}
    payload = {path for path in here if path.startswith("data/")}
    tags = {path for path in here - payload if not path.startswith("tagmanifest-")}
    for algorithm in ("sha256", "sha512"):
        for name, expected in (("manifest-", payload), ("tagmanifest-", tags)):
            listed = manifest(bag, f"{name}{algorithm}.txt")
            if set(listed) != expected:
                odd = min(set(listed) ^ expected)
                raise Broken(f"{odd} is missing, or was put in afterwards")
            for path, digest in listed.items():
                if digest_of(bag / path, algorithm) != digest:
                    raise Broken(f"{path} was altered")
    info = dict(
        line.split(": ", 1) for line in (bag / "bag-info.txt").read_text("utf-8").splitlines() if ": " in line
    )
    octets = sum((bag / path).stat().st_size for path in payload)
    if info.get("Payload-Oxum") != f"{octets}.{len(payload)}":
        raise Broken("the size of the payload is not the one in bag-info.txt")
    return f"{len(payload)} files of payload, {len(tags)} files beside it"


def check_checkpoint(bag: Path, told: str | None) -> str:
    key, size, _ = read_checkpoint((bag / "custody/checkpoint.txt").read_text("utf-8"))
    if told is not None and told.strip() != key:
        raise Broken("the public key of the log is not the one that you were told")
    return f"signed over {size} entries by {key}"


def custody_lines(bag: Path) -> list[dict[str, Any]]:
    text = (bag / "custody/custody.jsonl").read_text("utf-8")
    return [json.loads(line) for line in text.split("\n") if line]


def check_custody(bag: Path) -> str:
    _, size, root = read_checkpoint((bag / "custody/checkpoint.txt").read_text("utf-8"))
    lines = custody_lines(bag)
    for line in lines:
        proof = [bytes.fromhex(one) for one in line["proof"]]
        if not included(line["leaf"].encode(), line["leaf_index"], size, proof, root):
            raise Broken(f"entry {line['leaf_index']} does not stand in the signed log")
        check_detail(line)
    if not lines:
        raise Broken("there is no entry at all")
    return f"{len(lines)} entries, each proved to stand in the signed log"


def check_detail(line: dict[str, Any]) -> None:
    detail = line.get("detail")
    if detail is not None:
        said = b"\x02" + bytes.fromhex(detail["salt"]) + detail["text"].encode()
        if hashlib.sha256(said).hexdigest() != json.loads(line["leaf"])["detail"]:
            raise Broken(f"the detail of entry {line['leaf_index']} is not the one that was logged")


def released(bag: Path) -> dict[str, Any]:
    """What the entry of the release, which stands in the signed log, says of this package."""
    package = json.loads((bag / "custody/package.json").read_text("utf-8"))
    for line in custody_lines(bag):
        leaf = json.loads(line["leaf"])
        is_release = leaf["action"] == "evidence:release" and leaf["outcome"] == "done"
        if is_release and leaf["target"] == f"evidence:{package['uid']}" and "detail" in line:
            said: dict[str, Any] = json.loads(json.loads(line["detail"]["text"])["released"])
            return said
    raise Broken("the entry of the release is missing")


def check_release(bag: Path) -> str:
    """The list says what the log says: for whom, which items, which numbers."""
    said = released(bag)
    listed = json.loads((bag / "custody/package.json").read_text("utf-8"))
    for name in ("no", "purpose", "recipient", "document_no"):
        if listed[name] != said[name]:
            raise Broken(f"the list names another {name} than the log")
    numbers = [(one["item"], one["views"][0][0], one["views"][-1][0]) for one in said["items"]]
    if [(one["item"], one["first"], one["last"]) for one in listed["items"]] != numbers:
        raise Broken("the list names other items or numbers than the log")
    return f"{said['no']} for {said['recipient']}, {said['document_no']}"


def check_originals(bag: Path) -> str:
    """The files are those of which the log tells the digests."""
    logged = {
        deposit: digest for one in released(bag)["items"] for deposit, digest in one["originals"].items()
    }
    package = json.loads((bag / "custody/package.json").read_text("utf-8"))
    originals = [one for item in package["items"] for one in item["originals"]]
    names = {one["path"] for one in originals}
    here = {
        path.relative_to(bag).as_posix() for path in (bag / "data/originals").rglob("*") if path.is_file()
    }
    if names != here or {one["deposit"] for one in originals} != set(logged):
        raise Broken("the originals are not those that were released")
    for one in originals:
        digest = digest_of(bag / one["path"], "sha256")
        if not digest == one["sha256"] == logged[one["deposit"]]:
            raise Broken(f"{one['path']} is not the file that came in")
    return f"{len(originals)} originals, each as the log tells it"


IMAGE = re.compile(rb"/Filter /DCTDecode /Length (\d+) >>\nstream\n")


def check_documents(bag: Path) -> str:
    """Each document holds the page images of which the log tells the digests, in their order, and no others."""
    items = released(bag)["items"]
    here = {path.name for path in (bag / "data/documents").rglob("*") if path.is_file()}
    if here != {f"{one['views'][0][0]}.pdf" for one in items}:
        raise Broken("the documents are not those that were released")
    count = 0
    for one in items:
        name = f"data/documents/{one['views'][0][0]}.pdf"
        logged = [digest for _, digest in one["views"] if digest is not None]
        if images(bag / name) != logged:
            raise Broken(f"{name} holds other page images than the log tells of")
        count += len(logged)
    return f"{len(items)} documents with {count} page images, each as the log tells it"


def images(path: Path) -> list[str]:
    """Digests of the JPEG files inside."""
    data, at = path.read_bytes(), 0
    digests: list[str] = []
    while True:
        found = IMAGE.search(data, at)
        if found is None:
            return digests
        at = found.end() + int(found.group(1))
        digests.append(hashlib.sha256(data[found.end() : at]).hexdigest())


# --- the answer ------------------------------------------------------------------------------------------------


def verify(bag: Path, told: str | None) -> list[tuple[str, str, str]]:
    """(what was checked, OK or BROKEN, words)."""
    checks: list[tuple[str, Callable[[], str]]] = [
        ("清单 manifests", lambda: check_manifests(bag)),
        ("检查点签名 checkpoint", lambda: check_checkpoint(bag, told)),
        ("保管记录 custody", lambda: check_custody(bag)),
        ("放行 release", lambda: check_release(bag)),
        ("原件 originals", lambda: check_originals(bag)),
        ("阅览版 documents", lambda: check_documents(bag)),
    ]
    answers = []
    for name, check in checks:
        try:
            answers.append((name, "OK", check()))
        except Broken as error:
            answers.append((name, "BROKEN", str(error)))
        except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
            answers.append((name, "BROKEN", f"cannot be read ({type(error).__name__})"))
    return answers


def main(words: list[str]) -> int:
    told = None
    if "--key" in words[:-1]:
        place = words.index("--key")
        told = words[place + 1]
        words = words[:place] + words[place + 2 :]
    bag = Path(words[0]) if words else Path(__file__).resolve().parent
    answers = verify(bag, told)
    for name, outcome, said in answers:
        sys.stdout.write(f"{outcome:<7} {name}: {said}\n")
    whole = all(outcome == "OK" for _, outcome, _ in answers)
    sys.stdout.write("通过 VERIFIED\n" if whole else "不通过 NOT VERIFIED\n")
    return 0 if whole else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
