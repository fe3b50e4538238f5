"""The bag: what is in it, and that a court finds every alteration with tools that are not ours."""

import json
import shutil
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import new, sha256
from io import BytesIO
from pathlib import Path

import pypdf
import pytest

from archive.core.errors import Altered
from archive.desks.legal.bag import Member, encoded, stream_bag
from tests.cast import Template, enter, small_jpeg
from tests.legal.bags import is_valid, packed_verifier, sums_hold, take, unpacked
from tests.legal.conftest import ROUTERS, staffed
from tests.web.visiting import visiting


@dataclass(frozen=True)
class Taken:
    bag: Path
    verifier_key: str


@pytest.fixture(scope="module")
def taken(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Taken:
    """Of two items with three pages; taken once, and copied for each test."""
    folder = tmp_path_factory.mktemp("legal")
    house = enter(template, folder / "house")
    try:
        desk = staffed(house)
        package = desk.released(desk.claim(title="甲"), desk.claim(texts=("三",), title="<乙>"))
        with visiting(house, folder / "scratch", ROUTERS) as web:
            return Taken(unpacked(take(web, package), folder / "unpacked"), house.archive.verifier_key)
    finally:
        house.archive.close()


@pytest.fixture
def bag(taken: Taken, tmp_path: Path) -> Path:
    return Path(shutil.copytree(taken.bag, tmp_path / "bag"))


def test_bagit_sha256sum_and_the_packed_verifier_find_it_whole(bag: Path) -> None:
    verdict = packed_verifier(bag)
    assert (is_valid(bag), sums_hold(bag), verdict.code) == (True, True, 0)
    assert verdict.words.rstrip().endswith("VERIFIED")


def test_the_originals_are_the_bytes_that_came_in(bag: Path) -> None:
    originals = [path.read_bytes() for path in sorted((bag / "data/originals").iterdir())]
    assert originals == [small_jpeg(), small_jpeg()]


def test_the_digest_of_an_original_in_the_custody_is_the_one_sealed_at_intake(bag: Path) -> None:
    package = json.loads((bag / "custody/package.json").read_text("utf-8"))
    assert [one["sha256"] for item in package["items"] for one in item["originals"]] == [
        sha256(small_jpeg()).hexdigest()
    ] * 2


def test_every_page_of_the_documents_has_its_own_number(bag: Path) -> None:
    documents = sorted((bag / "data/documents").iterdir())
    assert [path.name for path in documents] == ["ZJ-0000001.pdf", "ZJ-0000003.pdf"]
    texts = [page.extract_text() for path in documents for page in pypdf.PdfReader(path, strict=True).pages]
    assert [text.strip() for text in texts] == ["ZJ-0000001", "ZJ-0000002", "ZJ-0000003"]


def test_the_images_of_the_documents_are_the_stored_ones(bag: Path) -> None:
    [first, *_] = pypdf.PdfReader(bag / "data/documents/ZJ-0000001.pdf").pages
    assert first.images[0].data == small_jpeg()


def test_the_custody_tells_of_every_act_on_the_item(bag: Path) -> None:
    lines = (bag / "custody/custody.jsonl").read_text("utf-8").splitlines()
    actions = [json.loads(json.loads(line)["leaf"])["action"] for line in lines]
    told = ["deposit:finish", "deposit:accept", "page:store", "item:describe", "evidence:request"]
    assert [action for action in told if action not in actions] == []
    assert actions[-1] == "evidence:release"


def test_the_report_is_for_people(bag: Path) -> None:
    report = (bag / "custody/report.txt").read_text("utf-8")
    assert [
        word for word in ("某区人民法院", "完成上传", "Archivist", "ZJ-0000003", "甲") if word not in report
    ] == []


def test_the_report_to_print_says_the_same_and_lets_no_markup_in(bag: Path) -> None:
    page = (bag / "custody/report.html").read_text("utf-8")
    lines = (bag / "custody/report.txt").read_text("utf-8").splitlines()
    assert page.count("<tr>") == sum(line.startswith("   #") for line in lines) > 0
    assert "&lt;乙&gt;" in page


def test_the_report_on_paper_says_the_same(bag: Path) -> None:
    """Letter by letter, less the white space: paper breaks lines elsewhere."""
    paper = pypdf.PdfReader(bag / "custody/report.pdf", strict=True)
    printed = "".join("".join(page.extract_text() for page in paper.pages).split())
    lines = (bag / "custody/report.txt").read_text("utf-8").splitlines()
    rows = [line.split("  ") for line in lines if line.startswith("   #")]
    cells = [cell for row in rows for cell in row if cell.strip()]
    assert [cell for cell in cells if "".join(cell.split()) not in printed] == []
    assert [word for word in ("某区人民法院", "<乙>", "ZJ-0000003") if word not in printed] == []


def test_the_report_on_paper_tells_no_time_but_those_of_the_log(bag: Path) -> None:
    assert b"CreationDate" not in (bag / "custody/report.pdf").read_bytes()


def test_the_way_to_verify_stands_in_two_languages(bag: Path) -> None:
    text = (bag / "VERIFY.txt").read_text("utf-8")
    commands = ("sha256sum -c manifest-sha256.txt", "bagit.py --validate .", "python3 verify.py")
    assert [text.count(command) >= 2 for command in commands] == [True, True, True]


def test_it_says_what_it_holds(bag: Path) -> None:
    payload = [path for path in (bag / "data").rglob("*") if path.is_file()]
    info = (bag / "bag-info.txt").read_text("utf-8").splitlines()
    assert f"Payload-Oxum: {sum(p.stat().st_size for p in payload)}.{len(payload)}" in info
    assert "Bagging-Date: 2026-11-02" in info
    assert "External-Identifier: EV2026-000001" in info
    assert (bag / "bagit.txt").read_text().startswith("BagIt-Version: 1.0\n")


# --- alterations -------------------------------------------------------------------------------------------------


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


ALTERATIONS: dict[str, Callable[[Path], object]] = {
    "an original": lambda bag: flip(next((bag / "data/originals").iterdir())),
    "a document": lambda bag: flip(next((bag / "data/documents").iterdir())),
    "the custody": lambda bag: flip(bag / "custody/custody.jsonl"),
    "the report": lambda bag: flip(bag / "custody/report.txt"),
    "the report on paper": lambda bag: flip(bag / "custody/report.pdf"),
    "a manifest": lambda bag: flip(bag / "manifest-sha512.txt"),
    "an original that is gone": lambda bag: next((bag / "data/originals").iterdir()).unlink(),
    "a file put in": lambda bag: (bag / "data/originals/more.jpg").write_bytes(b"more"),
}


@pytest.mark.parametrize("what", ALTERATIONS)
def test_an_alteration_is_found_by_bagit_and_by_the_packed_verifier(bag: Path, what: str) -> None:
    ALTERATIONS[what](bag)
    assert (is_valid(bag), packed_verifier(bag).code) == (False, 1)


def make_manifests_anew(bag: Path) -> None:
    """What a forger does who knows BagIt."""
    for kind, is_listed in (
        ("manifest", lambda name: name.startswith("data/")),
        ("tagmanifest", lambda name: not name.startswith(("data/", "tagmanifest-"))),
    ):
        for algorithm in ("sha256", "sha512"):
            names = sorted(p.relative_to(bag).as_posix() for p in bag.rglob("*") if p.is_file())
            lines = [
                f"{new(algorithm, (bag / name).read_bytes()).hexdigest()}  {name}\n"
                for name in names
                if is_listed(name)
            ]
            (bag / f"{kind}-{algorithm}.txt").write_text("".join(lines))


def forge_original(bag: Path) -> None:
    """With the new digest written into the list beside it."""
    original = min((bag / "data/originals").iterdir())
    old = sha256(original.read_bytes()).hexdigest()
    flip(original)
    listed = (bag / "custody/package.json").read_text("utf-8")
    (bag / "custody/package.json").write_text(listed.replace(old, sha256(original.read_bytes()).hexdigest()))


def edit_custody(bag: Path, change: Callable[[list[dict[str, object]]], None]) -> None:
    path = bag / "custody/custody.jsonl"
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    change(lines)
    path.write_text("".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines), "utf-8")


def forge_leaf(lines: list[dict[str, object]]) -> None:
    lines[0]["leaf"] = str(lines[0]["leaf"]).replace("deposit:", "evidence:")


def forge_detail(lines: list[dict[str, object]]) -> None:
    detail = next(line["detail"] for line in lines if "detail" in line)
    assert isinstance(detail, dict)
    detail["text"] = str(detail["text"]).replace(sha256(small_jpeg()).hexdigest(), "0" * 64)


def forge_checkpoint(bag: Path) -> None:
    path = bag / "custody/checkpoint.txt"
    key, origin, size, *rest = path.read_text("utf-8").split("\n")
    path.write_text("\n".join([key, origin, str(int(size) + 1), *rest]), "utf-8")


def forge_document(bag: Path) -> None:
    """A page image, inside the PDF, of the same length."""
    path = bag / "data/documents/ZJ-0000001.pdf"
    data = bytearray(path.read_bytes())
    data[data.index(small_jpeg()) + 200] ^= 1
    path.write_bytes(data)


def forge_list(bag: Path) -> None:
    path = bag / "custody/package.json"
    path.write_text(path.read_text("utf-8").replace("某区人民法院", "另一法院"), "utf-8")


FORGERIES: dict[str, tuple[Callable[[Path], None], str]] = {
    "an original and its digest in the list": (forge_original, "not the file that came in"),
    "a page image": (forge_document, "other page images"),
    "the recipient": (forge_list, "another recipient"),
    "an entry of the custody": (lambda bag: edit_custody(bag, forge_leaf), "signed log"),
    "the detail of the release": (lambda bag: edit_custody(bag, forge_detail), "not the one that was logged"),
    "the checkpoint": (forge_checkpoint, "signature"),
    "no custody at all": (lambda bag: edit_custody(bag, lambda lines: lines.clear()), "no entry"),
}


@pytest.mark.parametrize("what", FORGERIES)
def test_a_forgery_with_fresh_manifests_passes_bagit_and_not_the_packed_verifier(
    bag: Path, what: str
) -> None:
    forge, said = FORGERIES[what]
    forge(bag)
    make_manifests_anew(bag)
    verdict = packed_verifier(bag)
    assert is_valid(bag)
    assert verdict.code == 1
    assert said in verdict.words


def test_a_key_that_was_told_by_another_way_is_compared(bag: Path, taken: Taken) -> None:
    key = taken.verifier_key
    other = key.replace("A", "B")
    assert packed_verifier(bag, "--key", key).code == 0
    assert "not the one that you were told" in packed_verifier(bag, "--key", other).words


def test_rubbish_is_answered_and_not_raised(bag: Path) -> None:
    for name in ("custody/custody.jsonl", "custody/checkpoint.txt", "custody/package.json", "bag-info.txt"):
        (bag / name).write_bytes(b"\xff\x00{")
    verdict = packed_verifier(bag)
    assert verdict.code == 1
    assert verdict.words.count("BROKEN") == 6


def test_a_folder_that_is_no_bag_is_answered(bag: Path, tmp_path: Path) -> None:
    shutil.copy(bag / "verify.py", tmp_path / "verify.py")
    assert packed_verifier(tmp_path).code == 1


# --- names and sizes ---------------------------------------------------------------------------------------------


def test_a_path_in_a_manifest_is_one_line() -> None:
    """RFC 8493 §2.1.3: carriage return, line feed and the percent sign itself are written as numbers."""
    assert encoded("data/100%\r\n.pdf") == "data/100%25%0D%0A.pdf"


def test_a_member_that_may_need_64_bit_sizes_opens(tmp_path: Path) -> None:
    member = Member("data/large.bin", 5 * 2**30, [b"not so large after all"])
    (tmp_path / "bag.zip").write_bytes(b"".join(stream_bag("bag", [member], {}, {})))
    with zipfile.ZipFile(tmp_path / "bag.zip") as archive:
        archive.extractall(tmp_path)
    assert is_valid(tmp_path / "bag")


def test_a_stream_that_breaks_off_is_no_zip() -> None:
    def broken() -> Iterator[bytes]:
        yield b"half"
        raise Altered("The rest is gone.", "Restore it.")

    sent = BytesIO()
    with pytest.raises(Altered):
        sent.writelines(stream_bag("bag", [Member("data/file", 8, broken())], {}, {}))
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(sent)
