"""An accent that an administrator chose: whatever it is, everything is read well."""

import re
from itertools import product

import pytest
from django.conf import settings

from helpdesk.lib import colours
from helpdesk.lib.colours import contrast, from_oklch, parse, shades, sheet, sheet_name, to_oklch

CUBE = [
    f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue in product(range(0, 256, 51), repeat=3)
]
UGLY = ["#ffee00", "#ffff00", "#fffde7", "#767676", "#777777", "#00ff00", "#ff00ff", "#e8e8ff"]
PALE = [f"#{part:02x}{part:02x}{other:02x}" for part in range(200, 256, 11) for other in (180, 250)]
CHOSEN = [*CUBE, *UGLY, *PALE]
TOKENS = (settings.BASE_DIR / "static" / "css" / "tokens.css").read_text()
OKLCH = r"oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)"


def token(name: str) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """(light, dark) of a token of tokens.css."""
    found = re.search(rf"--{name}: light-dark\({OKLCH}, {OKLCH}\);", TOKENS)
    numbers = [float(one) for one in found.groups()]
    return tuple(numbers[:3]), tuple(numbers[3:])


def test_the_grounds_are_those_of_the_pages():
    papers = [token(name) for name in ("paper", "surface", "sunken")]

    assert tuple(zip(*papers, strict=True)) == colours.PAPERS
    assert from_oklch(token("accent")[0]) == colours.HOUSE


@pytest.mark.parametrize("look", [0, 1], ids=["light", "dark"])
def test_everything_is_read_well_whatever_was_chosen(look):
    papers = [from_oklch(one) for one in colours.PAPERS[look]]
    inks = [from_oklch(token(name)[look]) for name in ("ink", "ink-soft", "ink-faint")]
    wrong = []
    for chosen in CHOSEN:
        made = {name: pair[look] for name, pair in vars(shades(chosen)).items()}
        tinted = [made["accent_soft"], made["letter_agent"]]
        on_bar = made["on_brand"]
        pairs = [
            *((made[name], ground) for name in ("accent", "accent_strong") for ground in papers),
            *((made[name], ground) for name in ("accent", "accent_strong") for ground in tinted),
            *((ink, ground) for ink in inks for ground in tinted),
            *((made["on_accent"], made[name]) for name in ("accent", "accent_strong")),
            *((on_bar, made[name]) for name in ("brand", "brand_strong")),
        ]
        wrong += [(chosen, *pair) for pair in pairs if contrast(*pair) < 4.5]

    assert len(CHOSEN) > 230
    assert wrong == []


def test_a_good_accent_stays_as_it_was_chosen():
    assert shades("#8a1538").accent[0] == shades("#8a1538").brand[0] == "#8a1538"


def test_the_hue_stays_where_lightness_must_go():
    made = shades("#ffee00")

    assert made.brand[0] == "#ffee00"
    for shade in (*made.accent, made.brand[1]):
        assert abs(to_oklch(shade)[2] - to_oklch("#ffee00")[2]) < 4


@pytest.mark.parametrize(
    ("chosen", "on_bar"), [("#ff0000", "white"), ("#ff8800", "black"), ("#ffffff", "black")]
)
def test_a_bar_carries_white_unless_it_is_pale(chosen, on_bar):
    lightness, _chroma, _hue = to_oklch(shades(chosen).on_brand[0])

    assert (lightness > 0.9) == (on_bar == "white")


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48), ("#0000ff", "#ffffff", 8.59)],
)
def test_contrast_is_that_of_the_guidelines(one, other, ratio):
    assert contrast(one, other) == contrast(other, one) == pytest.approx(ratio, abs=0.01)


@pytest.mark.parametrize("colour", CUBE[::7])
def test_a_colour_survives_the_way_there_and_back(colour):
    there_and_back = parse(from_oklch(to_oklch(colour)))

    assert there_and_back == pytest.approx(parse(colour), abs=1)


def test_a_colour_that_no_screen_has_keeps_lightness_and_hue():
    lightness, chroma, hue = to_oklch(from_oklch((0.6, 0.5, 150)))

    assert (lightness, hue) == (pytest.approx(0.6, abs=0.01), pytest.approx(150, abs=2))
    assert chroma < 0.25


@pytest.mark.parametrize(
    "stored",
    ["", "red", "#fff", "#12345g", "#123456;}", "#123456\n", "url(//x.example)", "#１２３４５６"],
)
def test_what_is_no_colour_gives_no_style_sheet(stored):
    for make in (sheet, sheet_name, shades):
        with pytest.raises(ValueError, match="no colour"):
            make(stored)


def test_a_style_sheet_holds_tokens_and_nothing_else():
    line = r"  --[a-z-]+: light-dark\(#[0-9a-f]{6}, #[0-9a-f]{6}\);"

    assert re.fullmatch(rf":root {{\n({line}\n){{8}}}}\n", sheet("#ABCDEF"))
    assert sheet_name("#ABCDEF") == sheet_name("abcdef") != sheet_name("#abcdee")
