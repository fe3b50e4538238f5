"""A picture without a letter in it: a wet crossing at dusk, a car with a broken front, a bicycle on its side."""

import random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

_SIZE = (1600, 1200)
_HORIZON = 470

Point = tuple[float, float]


def accident_scene(rng: random.Random) -> Image.Image:
    image = _sky_and_road()
    pen = ImageDraw.Draw(image)
    _houses(pen, rng)
    _crossing(pen)
    image = image.filter(ImageFilter.GaussianBlur(2.2))
    image = _shadow(image, (420, 880, 1290, 985))
    pen = ImageDraw.Draw(image)
    _car(pen)
    _bicycle(pen)
    _shards(pen, rng)
    image = image.filter(ImageFilter.GaussianBlur(0.9))
    return _exposed(image, rng)


def _sky_and_road() -> Image.Image:
    width, height = _SIZE
    image = Image.new("RGB", _SIZE)
    image.paste(_gradient((width, _HORIZON), (118, 134, 158), (214, 208, 198)), (0, 0))
    image.paste(_gradient((width, height - _HORIZON), (98, 98, 102), (58, 59, 63)), (0, _HORIZON))
    return image


def _gradient(size: tuple[int, int], above: tuple[int, int, int], below: tuple[int, int, int]) -> Image.Image:
    ramp = Image.linear_gradient("L").resize(size)
    return Image.composite(Image.new("RGB", size, below), Image.new("RGB", size, above), ramp)


def _houses(pen: ImageDraw.ImageDraw, rng: random.Random) -> None:
    left = -20
    while left < _SIZE[0]:
        width, top = rng.randint(130, 260), rng.randint(150, 330)
        shade = rng.randint(88, 130)
        pen.rectangle((left, top, left + width, _HORIZON + 12), fill=(shade, shade - 6, shade - 10))
        for x in range(left + 18, left + width - 26, 44):
            for y in range(top + 22, _HORIZON - 50, 52):
                lit = rng.random() < 0.25
                pen.rectangle((x, y, x + 22, y + 28), fill=(226, 196, 128) if lit else (66, 72, 84))
        left += width + rng.randint(0, 30)
    pen.rectangle((0, _HORIZON + 8, _SIZE[0], _HORIZON + 34), fill=(142, 140, 136))


def _crossing(pen: ImageDraw.ImageDraw) -> None:
    for stripe in range(-2, 12):
        near, far = stripe * 190 - 120, stripe * 120 + 180
        corners: list[Point] = [(far, 640), (far + 58, 640), (near + 92, 1200), (near, 1200)]
        pen.polygon(corners, fill=(172, 172, 170))


def _shadow(image: Image.Image, box: tuple[int, int, int, int]) -> Image.Image:
    mask = Image.new("L", image.size, 255)
    ImageDraw.Draw(mask).ellipse(box, fill=70)
    soft = mask.filter(ImageFilter.GaussianBlur(22))
    return ImageChops.multiply(image, Image.merge("RGB", (soft, soft, soft)))


def _car(pen: ImageDraw.ImageDraw) -> None:
    paint, dark, glass = (148, 32, 36), (92, 18, 22), (72, 88, 104)
    pen.polygon(
        [(440, 760), (470, 690), (640, 670), (1130, 676), (1250, 720), (1268, 900), (452, 906)], fill=paint
    )
    pen.polygon([(610, 676), (720, 570), (980, 566), (1110, 678)], fill=paint)
    pen.polygon([(640, 674), (730, 588), (842, 584), (842, 676)], fill=glass)
    pen.polygon([(862, 584), (968, 582), (1070, 678), (862, 676)], fill=glass)
    pen.line([(852, 676), (856, 896)], fill=dark, width=5)
    pen.line([(456, 800), (1262, 796)], fill=dark, width=4)
    for x in (600, 1110):
        pen.ellipse((x - 88, 822, x + 88, 998), fill=(24, 24, 26))
        pen.ellipse((x - 52, 858, x + 52, 962), fill=(150, 152, 156))
        pen.ellipse((x - 16, 894, x + 16, 926), fill=(60, 60, 64))
    pen.polygon([(440, 764), (520, 742), (548, 800), (470, 850), (446, 830)], fill=(38, 30, 32))
    pen.line([(446, 770), (498, 792), (470, 812), (532, 838)], fill=(196, 188, 180), width=4)
    pen.polygon([(420, 862), (556, 884), (548, 930), (430, 920)], fill=dark)
    pen.rectangle((1222, 738, 1260, 778), fill=(214, 64, 48))
    pen.rectangle((760, 720, 806, 732), fill=dark)
    pen.rectangle((960, 720, 1006, 732), fill=dark)


def _bicycle(pen: ImageDraw.ImageDraw) -> None:
    for x, y in ((150, 1010), (344, 1052)):
        pen.ellipse((x - 74, y - 34, x + 74, y + 34), outline=(20, 20, 22), width=9)
        pen.ellipse((x - 8, y - 5, x + 8, y + 5), fill=(120, 120, 122))
    frame: list[Point] = [(150, 1010), (246, 960), (344, 1052), (230, 1040), (246, 960)]
    pen.line(frame, fill=(36, 92, 132), width=10, joint="curve")
    pen.line([(246, 960), (222, 926), (262, 916)], fill=(30, 30, 32), width=8)
    pen.polygon([(318, 980), (372, 968), (380, 986), (326, 998)], fill=(30, 30, 34))


def _shards(pen: ImageDraw.ImageDraw, rng: random.Random) -> None:
    for _ in range(46):
        x, y = rng.gauss(430, 70), rng.gauss(985, 32)
        corners: list[Point] = [(x + rng.uniform(-9, 9), y + rng.uniform(-5, 5)) for _ in range(3)]
        pen.polygon(corners, fill=(rng.randint(170, 235),) * 3)


def _exposed(image: Image.Image, rng: random.Random) -> Image.Image:
    grain = Image.frombytes("L", _SIZE, rng.randbytes(_SIZE[0] * _SIZE[1]))
    grain = grain.filter(ImageFilter.GaussianBlur(0.8)).point([128 + (v - 128) // 6 for v in range(256)])
    vignette = Image.radial_gradient("L").resize(_SIZE).point([255 - v * v // 700 for v in range(256)])
    image = ImageChops.multiply(image, Image.merge("RGB", (vignette, vignette, vignette)))
    return ImageChops.add(image, Image.merge("RGB", (grain, grain, grain)), 1, -128)
