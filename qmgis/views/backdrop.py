"""How water, railways, streets and parks are drawn, on every map alike: faint, below what the map is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import quote

from qmgis.model import BackdropKind

__all__ = ["MEADOW", "STROKES", "Stroke", "drawn", "image", "picture", "sample"]


@dataclass(frozen=True)
class Stroke:
    """One line drawn along a shape, in pixels; ``fill`` fills areas (empty: not at all)."""

    colour: str
    width: float
    opacity: float = 1.0
    dash: str = ""
    fill: str = ""


_GRASS = "M2.5 6.5v-3M1 5l1.5 1.5L4 5M9.5 13.5v-3M8 12l1.5 1.5L11 12"
# Parks are filled with tufts of grass, as on old maps: a tint, or the dots of areas left out, would be read as a class.
MEADOW = (
    '<pattern id="backdrop-meadow" width="14" height="14" patternUnits="userSpaceOnUse">'
    f'<path d="{_GRASS}" fill="none" stroke="#ffffff" stroke-width="2.2" stroke-opacity="0.6"/>'
    f'<path d="{_GRASS}" fill="none" stroke="#14602a" stroke-width="1.1"/></pattern>'
)
STROKES: Mapping[BackdropKind, tuple[Stroke, ...]] = {
    "green": (Stroke("#14602a", 1.0, opacity=0.7, dash="1 3", fill="url(#backdrop-meadow)"),),
    "water": (Stroke("#ffffff", 3.2, opacity=0.85), Stroke("#2a6ea3", 1.0, fill="#8ec3e6")),
    "road": (Stroke("#4f4f4f", 2.3, opacity=0.5), Stroke("#ffffff", 1.3, opacity=0.9)),
    "rail": (Stroke("#ffffff", 3.4, opacity=0.7), Stroke("#2b2b2b", 2.0), Stroke("#ffffff", 1.0, dash="5 5")),
    "other": (Stroke("#4f4f4f", 1.2, opacity=0.8, dash="2 3"),),
}
_AREAS = ("green", "water")


def sample(kind: BackdropKind) -> str:
    """Return a small drawing of a kind for a legend.

    Examples
    --------
    >>> sample("road").count("<path")
    2
    """
    return drawn(STROKES[kind], is_area=kind in _AREAS)


def drawn(strokes: Sequence[Stroke], *, is_area: bool = False) -> str:
    """Return a small drawing of lines, for a legend.

    Examples
    --------
    >>> drawn([Stroke("#000000", 1.0, dash="2 3")]).count("stroke-dasharray")
    1
    """
    path = "M2 3h22v10H2z" if is_area else "M1 8h24"
    lines = "".join(_path(path, stroke) for stroke in strokes)
    return f'<svg width="26" height="16" aria-hidden="true" focusable="false">{lines}</svg>'


def picture(kind: BackdropKind) -> str:
    """Return `sample` as the address of an image, for pages that hold no drawings.

    Examples
    --------
    >>> picture("water")[:24]
    'data:image/svg+xml;utf8,'
    """
    return image(sample(kind))


def image(drawing: str) -> str:
    """Return a small drawing as the address of an image.

    Examples
    --------
    >>> image(sample("rail"))[:24]
    'data:image/svg+xml;utf8,'
    """
    named = drawing.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    defs = f"<defs>{MEADOW}</defs>" if "#backdrop-meadow" in drawing else ""
    return "data:image/svg+xml;utf8," + quote(named.replace("</svg>", f"{defs}</svg>"))


def _path(path: str, stroke: Stroke) -> str:
    dash = f' stroke-dasharray="{stroke.dash}"' if stroke.dash else ""
    return (
        f'<path d="{path}" fill="{escape(stroke.fill or "none")}" stroke="{stroke.colour}" '
        f'stroke-width="{stroke.width:g}" stroke-opacity="{stroke.opacity:g}"{dash}/>'
    )
