import io
import json
import re
from pathlib import Path

import pytest
from PIL import Image, ImageSequence
from pypdf import PdfReader

from demo.__main__ import write
from demo.generate import DemoFile, DemoPage, case_files

Files = tuple[DemoFile, ...]


def images(file: DemoFile) -> list[Image.Image]:
    if file.media_type == "application/pdf":
        reader = PdfReader(io.BytesIO(file.content))
        return [picture.image for page in reader.pages for picture in page.images if picture.image]
    return [frame.copy() for frame in ImageSequence.Iterator(Image.open(io.BytesIO(file.content)))]


def page_count(file: DemoFile) -> int:
    if file.media_type == "application/pdf":
        return len(PdfReader(io.BytesIO(file.content)).pages)
    return len(images(file))


def of_type(files: Files, doc_type: str) -> DemoFile:
    return next(file for file in files if file.description.doc_type == doc_type)


def printed(file: DemoFile) -> str:
    return "\n".join(page.text for page in file.pages)


@pytest.mark.long
def test_the_same_seed_gives_the_same_bytes(files: Files) -> None:
    assert case_files() == files


@pytest.mark.long
def test_another_seed_scans_the_same_words_differently(files: Files) -> None:
    other = case_files(seed=7)
    assert [file.pages for file in other] == [file.pages for file in files]
    scanned = [pair for pair in zip(files, other, strict=True) if pair[0].description.doc_type != "policy"]
    assert all(first.content != second.content for first, second in scanned)


def test_each_file_has_as_many_pages_as_its_truth(files: Files) -> None:
    assert [page_count(file) for file in files] == [len(file.pages) for file in files]


def test_names_are_unique(files: Files) -> None:
    assert len({file.name for file in files}) == len(files)


def test_there_are_about_a_dozen_pages_in_both_scripts(files: Files) -> None:
    pages = [page for file in files for page in file.pages]
    assert len(pages) == 14
    assert {page.script for page in pages} == {"hans", "hant", "none"}


def test_each_tier_from_internal_to_restricted_occurs(files: Files) -> None:
    tiers = {file.description.doc_type: file.description.tier for file in files}
    assert tiers == {
        "claim_file": 3,
        "medical_bill": 4,
        "photograph": 3,
        "inpatient_record": 4,
        "lab_report": 4,
        "policy": 2,
        "investigation_memo": 5,
    }


def test_only_the_blank_back_and_the_photograph_carry_no_text(files: Files) -> None:
    silent = [(file.description.doc_type, page) for file in files for page in file.pages if not page.text]
    assert silent == [
        ("medical_bill", DemoPage(text="", blank=True, script="none")),
        ("photograph", DemoPage(text="", blank=False, script="none")),
    ]


def test_the_blank_back_is_white_but_for_dust(files: Files) -> None:
    back = images(of_type(files, "medical_bill"))[1].convert("L")
    dark = back.histogram()[0]
    assert 0 < dark < 0.0001 * back.width * back.height


def test_what_the_description_says_is_printed_on_the_pages(files: Files) -> None:
    for file in files:
        if file.description.doc_type == "photograph":
            continue
        said = [value for _, value in file.description.numbers]
        said += [person.id_no for person in file.description.persons if file.description.tier < 4]
        missing = [value for value in said if value not in printed(file)]
        assert not missing, file.name


def test_every_person_is_named_on_the_first_page(files: Files) -> None:
    for file in files:
        simplified = file.pages[0].text.translate(str.maketrans("陈", "陳"))
        names = [person.name for person in file.description.persons if file.pages[0].text]
        assert all(name in simplified for name in names), file.name


@pytest.mark.parametrize(
    ("doc_type", "kind", "dpi", "mode"),
    [
        ("medical_bill", "TIFF", 300, "1"),
        ("inpatient_record", "TIFF", 200, "L"),
        ("lab_report", "JPEG", 150, "RGB"),
        ("investigation_memo", "PNG", 150, "RGB"),
    ],
)
def test_scans_carry_their_format_resolution_and_colour(
    files: Files, doc_type: str, kind: str, dpi: int, mode: str
) -> None:
    image = Image.open(io.BytesIO(of_type(files, doc_type).content))
    assert (image.format, image.mode) == (kind, mode)
    assert round(image.info["dpi"][0]) == dpi


def test_the_bill_is_group_4_and_the_record_is_deflated(files: Files) -> None:
    compression = {
        doc_type: Image.open(io.BytesIO(of_type(files, doc_type).content)).info["compression"]
        for doc_type in ("medical_bill", "inpatient_record")
    }
    assert compression == {"medical_bill": "group4", "inpatient_record": "tiff_adobe_deflate"}


def test_the_claim_is_one_colour_jpeg_a_page_without_a_text_layer(files: Files) -> None:
    reader = PdfReader(io.BytesIO(of_type(files, "claim_file").content))
    assert [len(page.images) for page in reader.pages] == [1, 1, 1]
    assert {picture.image.format for page in reader.pages for picture in page.images if picture.image} == {
        "JPEG"
    }
    assert [page.extract_text() for page in reader.pages] == ["", "", ""]


def test_the_decision_bears_a_red_stamp(files: Files) -> None:
    decision = images(of_type(files, "claim_file"))[2]
    hue, saturation, _ = decision.convert("HSV").split()
    red = sum(
        1 for h, s in zip(hue.tobytes(), saturation.tobytes(), strict=True) if s > 110 and (h < 12 or h > 243)
    )
    assert red > 5_000


def test_no_identity_number_could_be_a_real_one(files: Files) -> None:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    numbers = set(re.findall(r"\b\d{17}[\dX]\b", "\n".join(printed(file) for file in files)))
    numbers |= {person.id_no for file in files for person in file.description.persons}
    assert len(numbers) == 3
    for number in numbers:
        check = "10X98765432"[sum(int(d) * w for d, w in zip(number[:17], weights, strict=True)) % 11]
        assert number.startswith("99")
        assert number[17] != check


def test_no_bank_account_could_be_a_real_one(files: Files) -> None:
    (account,) = set(re.findall(r"\b\d{19}\b", "\n".join(printed(file) for file in files)))
    doubled = [int(d) * (2 if place % 2 else 1) for place, d in enumerate(reversed(account))]
    assert sum(value // 10 + value % 10 for value in doubled) % 10 != 0


def test_no_telephone_number_could_be_a_real_one(files: Files) -> None:
    numbers = set(re.findall(r"(?<![\d-])1\d{10}\b", "\n".join(printed(file) for file in files)))
    numbers |= {person.phone for file in files for person in file.description.persons}
    assert numbers
    assert all(number.startswith("129") for number in numbers)


def test_the_command_writes_the_files_and_their_truth(files: Files, tmp_path: Path) -> None:
    write(files, tmp_path / "out")
    truth = json.loads((tmp_path / "out" / "truth.json").read_text(encoding="utf-8"))
    assert {name: (tmp_path / "out" / name).read_bytes() for name in truth} == {
        f.name: f.content for f in files
    }
    assert [page["text"] for page in truth[files[0].name]["pages"]] == [page.text for page in files[0].pages]
