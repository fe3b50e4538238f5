"""What machines read from the demonstration: the text layer of the policy, and one scan by the engine."""

import io
import random
import re

import numpy as np
import pypdfium2
from PIL import Image, ImageChops, ImageFilter, ImageStat
from rapidocr import RapidOCR
from rapidocr.utils.output import RapidOCROutput

from demo.draw import paint
from demo.generate import DemoFile
from demo.layout import lay_out
from demo.texts.policy import SCHEDULE

Files = tuple[DemoFile, ...]


def without_spaces(text: str) -> str:
    return re.sub(r"\s", "", text)


def test_the_text_layer_of_the_policy_is_what_is_printed(policy: DemoFile) -> None:
    document = pypdfium2.PdfDocument(policy.content)
    for page, truth in zip(document, policy.pages, strict=True):
        assert without_spaces(page.get_textpage().get_text_range()) == without_spaces(truth.text)


def test_the_policy_embeds_little_more_than_the_glyphs_it_uses(policy: DemoFile) -> None:
    assert len(policy.content) < 400_000


def test_the_policy_looks_like_the_print_of_the_same_form(policy: DemoFile) -> None:
    shown = pypdfium2.PdfDocument(policy.content)[0].render(scale=2).to_pil().convert("L")
    print_out = paint(lay_out(SCHEDULE), 144, random.Random(0)).convert("L")
    soft = [image.filter(ImageFilter.GaussianBlur(4)) for image in (shown, print_out)]
    difference = ImageChops.difference(soft[0], soft[1])
    assert shown.size == print_out.size
    assert ImageStat.Stat(difference).mean[0] < 2
    assert max(difference.tobytes()) < 60


def test_the_engine_reads_the_name_and_the_number_from_a_scan(files: Files) -> None:
    report = next(file for file in files if file.description.doc_type == "lab_report")
    image = np.asarray(Image.open(io.BytesIO(report.content)).convert("RGB"))
    reading = RapidOCR()(image)
    assert isinstance(reading, RapidOCROutput)
    read = set(reading.txts or ())
    assert {"张伟", "病案号：00123456", "检验报告单", "ZY20240307"} <= read
