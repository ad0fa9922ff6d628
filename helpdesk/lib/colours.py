"""An accent that somebody chose, as the shades of a page: contrast is computed, not hoped for.

Lightness, chroma and hue are those of OKLCH; contrast is that of WCAG 2.2 (1.4.3: text needs
4.5 to 1; 1.4.11: borders and focus need 3 to 1). What comes out are colours of sRGB only.
"""

import hashlib
import math
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

TEXT: Final = 4.5
# One hexadecimal step of a channel may take this away again where browsers blend.
_MARGIN: Final = 0.05
HOUSE: Final = "#00627d"
"""The accent that static/css/tokens.css has of its own."""

Rgb = tuple[int, int, int]
Oklch = tuple[float, float, float]
Pair = tuple[str, str]

PAPERS: Final[tuple[tuple[Oklch, ...], tuple[Oklch, ...]]] = (
    ((0.972, 0.005, 80), (0.996, 0.002, 80), (0.95, 0.007, 80)),
    ((0.185, 0.006, 70), (0.222, 0.007, 70), (0.262, 0.008, 70)),
)
"""What text stands on, light and dark, as tokens.css has it: paper, surface, sunken."""
_HEX = re.compile(r"#?([0-9a-fA-F]{6})")
_STEP = 0.005
# How much lightness a bar gives away to carry white.
_GIVES = 0.06


@dataclass(frozen=True)
class Shades:
    """The tokens that follow the accent, each (light look, dark look), as "#rrggbb".

    `accent` is for text, links, buttons and focus; `brand` is the bar on top.
    """

    accent: Pair
    accent_strong: Pair
    accent_soft: Pair
    on_accent: Pair
    brand: Pair
    brand_strong: Pair
    on_brand: Pair
    letter_agent: Pair

    def contrasts(self) -> tuple[float, float]:
        """How well text of the accent is read where it is read worst, (light look, dark look);
        rounded down to a tenth."""
        return self._worst(0), self._worst(1)

    def _worst(self, look: int) -> float:
        grounds = [
            *map(from_oklch, PAPERS[look]),
            self.accent_soft[look],
            self.letter_agent[look],
        ]
        return math.floor(10 * min(contrast(self.accent[look], one) for one in grounds)) / 10


def parse(text: str) -> Rgb:
    """Three channels of 0 to 255 from "#rrggbb"; raises ValueError for anything else."""
    found = _HEX.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no colour")
    red, green, blue = bytes.fromhex(found[1])
    return red, green, blue


def contrast(one: str, other: str) -> float:
    """How two colours "#rrggbb" stand against each other: 1 (the same) to 21 (black on white)."""
    darker, lighter = sorted((_luminance(parse(one)), _luminance(parse(other))))
    return (lighter + 0.05) / (darker + 0.05)


def to_oklch(text: str) -> Oklch:
    """Lightness 0 to 1, chroma from 0, hue in degrees, of a colour "#rrggbb"."""
    red, green, blue = (_linear(channel) for channel in parse(text))
    long, middle, short = (
        math.cbrt(a * red + b * green + c * blue)
        for a, b, c in (
            (0.4122214708, 0.5363325363, 0.0514459929),
            (0.2119034982, 0.6806995451, 0.1073969566),
            (0.0883024619, 0.2817188376, 0.6299787005),
        )
    )
    lightness = 0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short
    return lightness, math.hypot(a, b), math.degrees(math.atan2(b, a)) % 360


def from_oklch(colour: Oklch) -> str:
    """The colour as "#rrggbb"; one that screens do not have keeps its lightness and hue and loses
    as much of its chroma as it must."""
    lightness, chroma, hue = colour
    if not _is_shown(_linear_rgb(colour)):
        least, most = 0.0, chroma
        for _half in range(16):
            middle = (least + most) / 2
            fits = _is_shown(_linear_rgb((lightness, middle, hue)))
            least, most = (middle, most) if fits else (least, middle)
        chroma = least
    channels = (_gamma(part) for part in _linear_rgb((lightness, chroma, hue)))
    return "#" + "".join(f"{round(255 * min(1, max(0, part))):02x}" for part in channels)


def shades(accent: str) -> Shades:
    """The shades of the accent "#rrggbb" somebody chose; raises ValueError if it is none.

    Text keeps its hue, and its lightness as far as contrast allows. The bar of the light look keeps
    the colour as it was chosen and carries white or black; where only a little is missing to white,
    the bar gives that little.
    """
    lightness, chroma, hue = to_oklch(accent)
    # The hue of a grey is noise.
    tint = 0.0 if chroma < 0.02 else 1.0
    soft = (from_oklch((0.945, 0.022 * tint, hue)), from_oklch((0.29, 0.035 * tint, hue)))
    letter = (from_oklch((0.968, 0.013 * tint, hue)), from_oklch((0.248, 0.018 * tint, hue)))
    white, black = from_oklch((0.995, 0.003 * tint, hue)), from_oklch((0.16, 0.02 * tint, hue))

    light = _readable(
        (min(max(lightness, 0.3), 0.6), chroma, hue),
        on=[*map(from_oklch, PAPERS[0]), soft[0], letter[0]],
        towards=0.0,
    )
    dark = _readable(
        (min(max(lightness, 0.76), 0.9), min(chroma, 0.13), hue),
        on=[*map(from_oklch, PAPERS[1]), soft[1], letter[1]],
        towards=1.0,
    )
    bar = _readable((lightness, chroma, hue), on=[white], towards=0.0)
    is_pale = lightness - bar[0] > _GIVES
    if is_pale:
        bar = (lightness, chroma, hue)
    night = (min(max(lightness, 0.26), 0.36), min(chroma, 0.09), hue)
    return Shades(
        accent=(from_oklch(light), from_oklch(dark)),
        accent_strong=(from_oklch(_moved(light, -0.07)), from_oklch(_moved(dark, 0.06))),
        accent_soft=soft,
        on_accent=(white, from_oklch((0.2, 0.03 * tint, hue))),
        brand=(from_oklch(bar), from_oklch(night)),
        brand_strong=(
            from_oklch(_moved(bar, 0.07 if is_pale else -0.07)),
            from_oklch(_moved(night, -0.05)),
        ),
        on_brand=(black if is_pale else white, from_oklch((0.985, 0.005 * tint, hue))),
        letter_agent=letter,
    )


@lru_cache(maxsize=64)
def sheet(accent: str) -> str:
    """A style sheet with nothing but the tokens of `shades`; raises ValueError if it is no colour.
    It is made of computed numbers alone: no text that somebody stored can stand in it."""
    lines = [
        f"  --{name.replace('_', '-')}: light-dark({light}, {dark});"
        for name, (light, dark) in vars(shades(accent)).items()
    ]
    return "\n".join([":root {", *lines, "}", ""])


def sign(accent: str, letter: str) -> str:
    """A drawing (SVG) for the tab of a browser: `letter`, one letter or digit, in the bar's
    colours. Raises ValueError if it is no colour."""
    look = shades(accent)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
        f'<rect width="32" height="32" rx="7" fill="{look.brand[0]}"/>'
        '<text x="16" y="23.5" font-family="system-ui, sans-serif" font-size="21"'
        f' font-weight="700" text-anchor="middle" fill="{look.on_brand[0]}">{letter}</text></svg>'
    )


def sheet_name(accent: str) -> str:
    """What the style sheet of `accent` is called: another colour, or other rules how shades are
    made of it, give another name. Raises ValueError if it is no colour."""
    digest = hashlib.sha256(sheet(accent).encode()).hexdigest()[:10]
    return f"{bytes(parse(accent)).hex()}-{digest}"


def _readable(colour: Oklch, *, on: list[str], towards: float) -> Oklch:
    """The first colour that is read well on all of `on`, from `colour` by small steps of lightness
    towards 0 (black) or 1 (white)."""
    lightness, chroma, hue = colour
    count = max(1, math.ceil(abs(towards - lightness) / _STEP))
    for number in range(count):
        tried = (lightness + (towards - lightness) * number / count, chroma, hue)
        text = from_oklch(tried)
        if all(contrast(text, ground) >= TEXT + _MARGIN for ground in on):
            return tried
    return towards, chroma, hue


def _moved(colour: Oklch, by: float) -> Oklch:
    lightness, chroma, hue = colour
    return min(max(lightness + by, 0.0), 1.0), chroma, hue


def _luminance(rgb: Rgb) -> float:
    red, green, blue = (_linear(channel) for channel in rgb)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: int) -> float:
    part = channel / 255
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def _gamma(part: float) -> float:
    return part * 12.92 if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055


def _linear_rgb(colour: Oklch) -> tuple[float, float, float]:
    lightness, chroma, hue = colour
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long, middle, short = (
        (lightness + x * a + y * b) ** 3
        for x, y in (
            (0.3963377774, 0.2158037573),
            (-0.1055613458, -0.0638541728),
            (-0.0894841775, -1.2914855480),
        )
    )
    return (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )


def _is_shown(linear: tuple[float, float, float]) -> bool:
    return all(-0.0005 <= part <= 1.0005 for part in linear)
