"""Colours stay apart for every kind of sight; text on them can be read."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmgis.errors import DataError
from qmgis.views import palette

# Machado, Oliveira and Fernandes (2009), severity 1.0, in linear RGB.
SIGHT = {
    "normal": np.eye(3),
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
JUST_NOTICEABLE = 0.02  # in OKLab


def linear(colour):
    channels = np.array([int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)])
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def lab(rgb):
    to_lms = [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
    to_lab = [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
    return np.array(to_lab) @ np.cbrt(np.array(to_lms) @ np.clip(rgb, 0, 1))


def nearest(colours, sight):
    seen = [lab(np.array(SIGHT[sight]) @ linear(colour)) for colour in colours]
    return min(np.linalg.norm(one - other) for one, other in combinations(seen, 2))


@pytest.mark.parametrize("sight", SIGHT)
def test_the_twelve_groups_stay_apart(sight):
    assert nearest(palette.GROUP_COLOURS.values(), sight) > 2.5 * JUST_NOTICEABLE


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize("scale", ["status", "coverage", "priority", "indicator"])
def test_five_steps_of_each_scale_stay_apart(scale, sight):
    assert nearest(palette.sequential(5, scale), sight) > 4 * JUST_NOTICEABLE


@pytest.mark.parametrize("sight", SIGHT)
def test_diverging_ends_stay_apart(sight):
    assert nearest(palette.diverging(5), sight) > 4 * JUST_NOTICEABLE


@pytest.mark.parametrize("sight", SIGHT)
def test_certainty_and_pattern_stay_apart(sight):
    assert nearest(palette.CERTAINTY_COLOURS.values(), sight) > 8 * JUST_NOTICEABLE
    assert nearest(palette.PATTERN_COLOURS.values(), sight) > 2.5 * JUST_NOTICEABLE


def test_certainty_and_pattern_can_be_read_in_grey():
    light = {code: lab(linear(colour))[0] for scale in (palette.CERTAINTY_COLOURS, palette.PATTERN_COLOURS)
             for code, colour in scale.items()}  # fmt: skip
    assert light["sure"] - 0.15 > light["likely"] > light["borderline"] + 0.15
    deep = max(light["high_high"], light["low_low"])
    assert light["not_significant"] > 0.95
    assert min(light["high_low"], light["low_high"]) > deep + 0.15
    assert abs(light["high_low"] - light["low_high"]) > 0.05


@pytest.mark.parametrize("sight", SIGHT)
def test_moves_stay_apart_also_as_light_and_dark(sight):
    colours = list(palette.MOVES.values())
    assert nearest(colours, sight) > 4 * JUST_NOTICEABLE
    assert palette.contrast(palette.MOVES["up"], palette.MOVES["down"]) > 3
    assert palette.contrast(palette.MOVES["up"], palette.MOVES["same"]) > 4.5


def test_the_measure_can_fail():
    assert nearest(["#ff0000", "#8f7f00"], "deuteranopia") < nearest(["#ff0000", "#8f7f00"], "normal")


@pytest.mark.parametrize("scale", ["status", "coverage", "priority", "indicator"])
@pytest.mark.parametrize("number", range(2, 10))
def test_darker_is_more_pressing(scale, number):
    light = [lab(linear(colour))[0] for colour in palette.sequential(number, scale)]
    assert light == sorted(light, reverse=True)


@given(st.integers(0, 0xFFFFFF).map(lambda n: f"#{n:06x}"))
def test_text_reads_on_every_colour(colour):
    assert palette.contrast(palette.text_on(colour), colour) >= 4.5 - 0.25


def test_text_reads_on_every_class():
    scales = [palette.sequential(5, scale) for scale in ("status", "coverage", "priority", "indicator")]
    used = [
        *palette.GROUP_COLOURS.values(),
        *(c for scale in scales for c in scale),
        *palette.diverging(7),
        *palette.diverging(9),
    ]
    used += [*palette.CERTAINTY_COLOURS.values(), *palette.PATTERN_COLOURS.values()]
    assert min(palette.contrast(palette.text_on(colour), colour) for colour in used) >= 4.5


def test_the_twelve_groups_are_the_code_list():
    assert set(palette.GROUP_COLOURS) == {f"{s}{d}" for s in range(1, 5) for d in ("+", "+/-", "-")}


def test_no_colour_is_asked_for_in_vain():
    with pytest.raises(DataError):
        palette.ramp(("#000000", "#ffffff"), 0)


def test_contrast_is_that_of_the_standard():
    assert palette.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)  # the well-known near miss of WCAG
