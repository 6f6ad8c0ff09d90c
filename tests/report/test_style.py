"""Colours that everybody can tell from the ground, and defaults that stay the caller's."""

import colorsys
import itertools

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.colors import to_rgb

from vicinal.report._diverging import diverging, oklab
from vicinal.report._style import DARK, LIGHT, style, token, tokens

CONES = {  # Machado, Oliveira and Fernandes 2009, table 1, severity 1
    "all": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "no long": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "no middle": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "no short": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
TEXT = ("ink", "quiet", "erm", "supported", "contradicted")


def luminance(colour: str) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Return the contrast of WCAG 2.2, 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_text_and_marks_stand_out_from_the_ground(colours: dict[str, str]) -> None:
    for name in colours.keys() - {"paper", "rule", "wash"}:
        least = 4.5 if name in TEXT else 2.9
        assert contrast(colours[name], colours["paper"]) >= least, name


def test_light_and_dark_have_the_same_names_and_no_colour_twice() -> None:
    assert LIGHT.keys() == DARK.keys()
    drawn = [colour for name, colour in LIGHT.items() if name != "supported"]
    assert len(set(drawn)) == len(drawn)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_mixup_is_one_hue_that_darkens_with_alpha(colours: dict[str, str]) -> None:
    tints = [colours[token("mixup α", alpha)] for alpha in (0.1, 0.2, 0.4, 1.0, 2.0, 8.0, 32.0)]
    assert all(luminance(a) > luminance(b) for a, b in itertools.pairwise(tints))
    hues = [colorsys.rgb_to_hsv(*to_rgb(tint))[0] for tint in tints]
    assert max(hues) - min(hues) < 0.05


def test_methods_have_their_colours() -> None:
    assert token("ERM", None) == "erm"
    assert token("mixup, α chosen", None) == token("mixup α=1", 1.0)
    assert token("mixup α=0.3", 0.3) == token("mixup α=0.4", 0.4)
    assert token("CutMix(alpha=1.0)", 1.0) == "other-1"


def test_further_methods_have_colours_in_turn_and_keep_them() -> None:
    asked = [
        ("CutMix", 1.0),
        ("ERM", None),
        ("Gaussian", None),
        ("CutMix", 1.0),
        ("mixup", 1.0),
        ("a", None),
        ("b", None),
        ("c", None),
    ]
    found = tokens(asked)
    assert found[:5] == ["other-1", "erm", "other-2", "other-1", token("mixup", 1.0)]
    assert found[5:] == ["other-3", "other-4", "other-1"]


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("sight", CONES)
def test_lines_differ_for_readers_who_see_fewer_hues(colours: dict[str, str], sight: str) -> None:
    names = ("erm", token("mixup", 1.0), *(f"other-{number}" for number in range(1, 5)))
    seen = [oklab(seen_by(sight, colours[name])) for name in names]
    for one, other in itertools.combinations(seen, 2):
        assert float(((one - other) ** 2).sum() ** 0.5) > 0.06


def seen_by(sight: str, colour: str) -> tuple[float, float, float]:
    """Return an sRGB colour as it looks to somebody who lacks a kind of cones."""
    linear = np.array([c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)])
    seen = (np.array(CONES[sight]) @ linear).clip(0, 1)
    red, green, blue = np.where(seen <= 0.0031308, 12.92 * seen, 1.055 * seen ** (1 / 2.4) - 0.055)
    return float(red), float(green), float(blue)


def test_probabilities_look_equally_far_from_each_other() -> None:
    ramp = [oklab(diverging()(share)[:3]) for share in range(257)]
    lightness = [float(colour[0]) for colour in ramp]
    assert lightness == pytest.approx(lightness[::-1], abs=0.01)
    for half in (ramp[:128], ramp[129:]):
        steps = [float(((a - b) ** 2).sum() ** 0.5) for a, b in itertools.pairwise(half)]
        assert max(steps) < 1.25 * sum(steps) / len(steps)


def test_callers_defaults_come_back() -> None:
    before = dict(mpl.rcParams)
    with style():
        assert mpl.rcParams["svg.fonttype"] == "none"
    assert dict(mpl.rcParams) == before
