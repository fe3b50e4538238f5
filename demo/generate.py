"""Case files for the demonstration: the same seed gives the same bytes, with the same library versions."""

import random
from collections.abc import Callable

from PIL import Image

from demo import containers
from demo.blocks import FormPage
from demo.draw import paint
from demo.layout import lay_out
from demo.marks import printed_text
from demo.model import DemoFile, DemoPage, Description, Person
from demo.photo import accident_scene
from demo.scan import Look, scan
from demo.textpdf import text_pdf
from demo.texts import inpatient, memo, motor_claim, policy

__all__ = ["DemoFile", "DemoPage", "Description", "Person", "case_files"]

_BLANK_BACK = FormPage(script="hant", blocks=())
_PHOTO = DemoPage(text="", blank=False, script="none")

Binder = Callable[[tuple[Image.Image, ...], int], bytes]


def case_files(seed: int = 2024) -> tuple[DemoFile, ...]:
    """A motor claim, an inpatient record, a policy, an investigation memo and a photograph, fourteen pages in all.

    Raises FontMissingError when a Chinese font is not installed.
    """
    return (_claim(seed), _bill(seed), _photograph(seed), _record(seed), _lab(seed), _policy(), _memo(seed))


def _claim(seed: int) -> DemoFile:
    forms = (motor_claim.CLAIM_FORM, motor_claim.SURVEY, motor_claim.SETTLEMENT)
    looks = tuple(Look(200, "RGB", skew, punched=True) for skew in (0.7, -1.1, 0.5))
    name = "CLM2024-0012345678_理賠案卷.pdf"
    return _scanned(seed, name, forms, looks, motor_claim.CLAIM_FILE)


def _bill(seed: int) -> DemoFile:
    forms = (motor_claim.MEDICAL_BILL, _BLANK_BACK)
    looks = (Look(300, "1", -0.6, soft=0.8), Look(300, "1", 0.6, soft=0.8))
    return _scanned(seed, "CLM2024-0012345678_醫療費用明細表.tif", forms, looks, motor_claim.BILL_FILE)


def _photograph(seed: int) -> DemoFile:
    name = "CLM2024-0012345678_現場照片.jpg"
    content = containers.jpeg(accident_scene(_random(seed, name, 1)), 72)
    return DemoFile(name, "image/jpeg", content, (_PHOTO,), motor_claim.PHOTO_FILE)


def _record(seed: int) -> DemoFile:
    forms = (inpatient.FRONT_SHEET, inpatient.ADMISSION, inpatient.DISCHARGE, inpatient.ORDERS)
    looks = tuple(Look(200, "L", skew, grain=2) for skew in (-0.6, 1.9, 0.8, -0.9))
    return _scanned(seed, "00123456_住院病案.tif", forms, looks, inpatient.RECORD_FILE)


def _lab(seed: int) -> DemoFile:
    looks = (Look(150, "RGB", -1.4, soft=0.4),)
    return _scanned(seed, "00123456_检验报告单.jpg", (inpatient.LAB_REPORT,), looks, inpatient.LAB_FILE)


def _memo(seed: int) -> DemoFile:
    looks = (Look(150, "RGB", 0.9, soft=0.4, grain=3),)
    return _scanned(seed, "FD2024-0093_调查备忘录.png", (memo.MEMO,), looks, memo.MEMO_FILE)


def _policy() -> DemoFile:
    forms = (policy.SCHEDULE, policy.CONDITIONS)
    marks = tuple(lay_out(form) for form in forms)
    content = text_pdf(marks, policy.POLICY_FILE.title)
    pages = tuple(DemoPage(printed_text(sheet), blank=False, script="hans") for sheet in marks)
    return DemoFile("POL2023-5500667788_保险单.pdf", "application/pdf", content, pages, policy.POLICY_FILE)


def _scanned(
    seed: int, name: str, forms: tuple[FormPage, ...], looks: tuple[Look, ...], description: Description
) -> DemoFile:
    pages, images = [], []
    for number, (form, look) in enumerate(zip(forms, looks, strict=True), start=1):
        rng = _random(seed, name, number)
        marks = lay_out(form)
        text = printed_text(marks)
        pages.append(DemoPage(text, blank=not marks, script=form.script if text else "none"))
        images.append(scan(paint(marks, look.dpi, rng), look, rng))
    media_type, bind = _container(name, looks[0])
    return DemoFile(name, media_type, bind(tuple(images), looks[0].dpi), tuple(pages), description)


def _container(name: str, look: Look) -> tuple[str, Binder]:
    match name.rpartition(".")[2]:
        case "pdf":
            return "application/pdf", containers.scanned_pdf
        case "tif":
            return "image/tiff", containers.group4_tiff if look.mode == "1" else containers.deflate_tiff
        case "png":
            return "image/png", lambda images, dpi: containers.png(images[0], dpi)
        case _:
            return "image/jpeg", lambda images, dpi: containers.jpeg(images[0], dpi)


def _random(seed: int, name: str, page: int) -> random.Random:
    return random.Random(f"{seed}/{name}/{page}")  # noqa: S311 - it must repeat, nothing secret depends on it
