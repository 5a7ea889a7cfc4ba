"""Colours that people with and without colour vision can tell apart, and text that can be read on them.

Nothing is said by colour alone: classes carry words, missing values and left-out areas a hatching, areas that require
attention a thick outline.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from qmgis.errors import DataError

__all__ = [
    "ATTENTION_LINE",
    "CERTAINTY_COLOURS",
    "GAP",
    "GROUP_COLOURS",
    "LEFT_OUT",
    "LINE",
    "MOVES",
    "NO_DATA",
    "PATTERN_COLOURS",
    "PLACE",
    "Scale",
    "contrast",
    "diverging",
    "ramp",
    "sequential",
    "status_colours",
    "text_on",
]

Scale = Literal["status", "coverage", "priority", "indicator"]

NO_DATA = "#ffffff"
LEFT_OUT = "#d9d9d9"
LINE = "#5a5a5a"
ATTENTION_LINE = "#111111"
PLACE = "#0b5d1e"
GAP = "#a3005c"
# Proposals, and what a scenario adds, changes and takes away.
PROPOSED = "#1f4e9c"
ADDED, CHANGED, GONE = "#1f4e9c", "#8a6100", "#b00020"
INK, PAPER = "#111111", "#ffffff"

# Darker is lower status; blue is better, orange is worse dynamics than the mean. Chosen so that the nearest two of the
# twelve stay apart for normal sight, deuteranopia and protanopia (tests/views/test_palette.py).
GROUP_COLOURS: dict[str, str] = {
    "1+": "#c6dcfe", "1+/-": "#e2ded5", "1-": "#ffd4a4",
    "2+": "#87b4f7", "2+/-": "#b7b6b2", "2-": "#e0a866",
    "3+": "#527fc3", "3+/-": "#84827e", "3-": "#b07110",
    "4+": "#174281", "4+/-": "#4a4740", "4-": "#633c00",
}  # fmt: skip

# Darker is less sure: where to look twice. A hue that no other scale has; the steps stay apart in grey.
CERTAINTY_COLOURS: dict[str, str] = {"sure": "#f0efdf", "likely": "#b5ae5c", "borderline": "#5c5200"}

# Warm is high, cold is low; deep is like its neighbours, light is unlike them; nearly white says nothing.
PATTERN_COLOURS: dict[str, str] = {
    "no_neighbours": "#d8d8d4", "not_significant": "#f8f7f4", "low_low": "#2f6cb3", "low_high": "#8dbbea",
    "high_low": "#fbcfa6", "high_high": "#8f3200",
}  # fmt: skip
# From one result to another: dark brown is a more pressing class, light blue a less pressing one; light and dark tell
# them apart without colours too.
MOVES = {"up": "#7a4300", "down": "#8fb3dc", "same": "#f2f0eb"}

_ENDS: dict[Scale, tuple[str, ...]] = {
    "status": ("#efe9f5", "#a98fc7", "#3f1d6b"),
    "coverage": ("#e8f3ef", "#5fae9d", "#0a4a45"),
    "priority": ("#fdf0d5", "#e38b4a", "#7a1f12"),
    "indicator": ("#e9f0f7", "#6f9fc8", "#173a63"),
}
_APART = ("#1f4e8c", "#8fb3dc", "#f2f0eb", "#e0a866", "#7a4300")

_TO_LMS = np.array(
    [[0.4122214708, 0.5363325363, 0.0514459929],
     [0.2119034982, 0.6806995451, 0.1073969566],
     [0.0883024619, 0.2817188376, 0.6299787005]]
)  # fmt: skip
_TO_LAB = np.array(
    [[0.2104542553, 0.7936177850, -0.0040720468],
     [1.9779984951, -2.4285922050, 0.4505937099],
     [0.0259040371, 0.7827717662, -0.8086757660]]
)  # fmt: skip


def sequential(number: int, scale: Scale = "indicator") -> tuple[str, ...]:
    """Return ``number`` colours from light to dark; the last is the most pressing.

    Examples
    --------
    >>> sequential(3, "priority")
    ('#fdf0d5', '#e38b4a', '#7a1f12')
    """
    return ramp(_ENDS[scale], number)


def status_colours() -> tuple[str, ...]:
    """Return the colours of the four status classes, high status first."""
    return sequential(4, "status")


def diverging(number: int) -> tuple[str, ...]:
    """Return ``number`` colours from blue over pale to brown; the middle belongs to the mean or to zero.

    Examples
    --------
    >>> diverging(3)[1]
    '#f2f0eb'
    """
    return ramp(_APART, number)


def ramp(anchors: tuple[str, ...], number: int) -> tuple[str, ...]:
    """Return ``number`` colours at even steps between the anchors, mixed evenly for the eye (OKLab).

    Examples
    --------
    >>> ramp(("#000000", "#ffffff"), 3)
    ('#000000', '#636363', '#ffffff')
    """
    if number < 1:
        raise DataError(
            "A scale needs at least one colour; ask for one class or more.",
            de="Eine Farbskala braucht mindestens eine Farbe; mindestens eine Klasse angeben.",
        )
    labs = np.array([_lab(colour) for colour in anchors])
    at = np.linspace(0, len(anchors) - 1, number) if number > 1 else np.array([(len(anchors) - 1) / 2])
    mixed = np.stack([np.interp(at, np.arange(len(anchors)), labs[:, axis]) for axis in range(3)], axis=1)
    return tuple(_hex(lab) for lab in mixed)


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours (WCAG 2.1), from 1 to 21.

    Examples
    --------
    >>> round(contrast("#000000", "#ffffff"), 1)
    21.0
    """
    bright, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def text_on(background: str) -> str:
    """Return the text colour, dark or white, that reads better on a background; at least 4.5 to 1.

    Examples
    --------
    >>> text_on("#174281"), text_on("#ffd4a4")
    ('#ffffff', '#111111')
    """
    return max((INK, PAPER), key=lambda ink: contrast(ink, background))


def _linear(colour: str) -> np.ndarray:
    channels = np.array([int(colour[start : start + 2], 16) for start in (1, 3, 5)]) / 255
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def _luminance(colour: str) -> float:
    return float(_linear(colour) @ np.array([0.2126, 0.7152, 0.0722]))


def _lab(colour: str) -> np.ndarray:
    lab: np.ndarray = _TO_LAB @ np.cbrt(_TO_LMS @ _linear(colour))
    return lab


def _hex(lab: np.ndarray) -> str:
    linear = np.clip(np.linalg.solve(_TO_LMS, np.linalg.solve(_TO_LAB, lab) ** 3), 0, 1)
    channels = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return "#" + "".join(f"{round(float(channel) * 255):02x}" for channel in channels)
