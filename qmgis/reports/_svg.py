"""Drawings as text: shapes on a sheet of so many units (four to a millimetre of print), every word escaped."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

import numpy as np
import shapely

__all__ = ["FAINT", "INK", "SIZE", "Sheet", "hatch", "path_of", "shortened"]

INK, FAINT, PAPER = "#1b1b1b", "#5c5c5c", "#ffffff"
SIZE = 10.0  # of letters, in units: seven points in print
# What a letter of this size takes, a little more than the widest face that a reader may have.
LETTER = 0.52
_FACE = "Libertinus Serif, Georgia, Cambria, serif"
# XML knows no other control signs, and a drawing with one of them does not open.
_FORBIDDEN = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF), "�")


class Sheet:
    """A sheet to draw on, the first shape at the bottom."""

    def __init__(self, width: float, height: float) -> None:
        self.width, self.height = width, height
        self.shapes: list[str] = []
        self.patterns: dict[str, str] = {}

    def path(self, d: str, **looks: object) -> None:
        """Draw a path; looks are attributes with ``_`` for ``-``."""
        if d:
            self.shapes.append(f'<path d="{d}"{_looks(looks)}/>')

    def line(self, x1: float, y1: float, x2: float, y2: float, **looks: object) -> None:
        """Draw a straight line."""
        looks = {"stroke": INK, "stroke_width": 0.8, **looks}
        self.path(f"M{_n(x1)} {_n(y1)}L{_n(x2)} {_n(y2)}", **looks)

    def box(self, x: float, y: float, width: float, height: float, **looks: object) -> None:
        """Draw a rectangle."""
        place = f'x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}"'
        self.shapes.append(f"<rect {place}{_looks(looks)}/>")

    def dot(self, x: float, y: float, r: float, **looks: object) -> None:
        """Draw a circle."""
        self.shapes.append(f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{_n(r)}"{_looks(looks)}/>')

    def text(self, x: float, y: float, words: str, *, size: float = SIZE, halo: bool = False, **looks: object) -> None:
        """Write words; ``halo`` draws white behind the letters."""
        looks = {"fill": INK, "font_size": _n(size), **looks}
        said = escape(words.translate(_FORBIDDEN))
        place = f'x="{_n(x)}" y="{_n(y)}"'
        if halo:
            back = {**looks, "fill": PAPER, "stroke": PAPER, "stroke_width": 2.4, "stroke_linejoin": "round"}
            self.shapes.append(f"<text {place}{_looks(back)}>{said}</text>")
        self.shapes.append(f"<text {place}{_looks(looks)}>{said}</text>")

    def fill(self, kind: str, colour: str = INK) -> str:
        """Return how to fill with a hatching of a colour, ``diagonal``, ``cross`` or ``dots``."""
        name = f"{kind}-{colour.lstrip('#')}"
        self.patterns[name] = hatch(name, kind, colour)
        return f"url(#{name})"

    def open(self, clip: tuple[float, float, float, float], name: str) -> None:
        """Begin a group of which only what lies in a box (x, y, width, height) is seen."""
        x, y, width, height = (_n(value) for value in clip)
        self.patterns[name] = (
            f'<clipPath id="{name}"><rect x="{x}" y="{y}" width="{width}" height="{height}"/></clipPath>'
        )
        self.shapes.append(f'<g clip-path="url(#{name})">')

    def close(self) -> None:
        """End the group."""
        self.shapes.append("</g>")

    def __str__(self) -> str:
        defs = f"<defs>{''.join(self.patterns.values())}</defs>" if self.patterns else ""
        size = f'width="{_n(self.width)}" height="{_n(self.height)}" viewBox="0 0 {_n(self.width)} {_n(self.height)}"'
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="{_FACE}" font-size="{_n(SIZE)}">'
            f"{defs}{''.join(self.shapes)}</svg>"
        )


def path_of(shapes: Iterable[shapely.Geometry]) -> str:
    """Return shapes of a sheet as the ``d`` of one path, to a tenth of a unit.

    Examples
    --------
    >>> path_of([shapely.box(0, 0, 1, 2)])
    'M1 0L1 2 0 2 0 0Z'
    """
    return "".join(_part(part) for shape in shapes for part in shapely.get_parts(shape))


def _part(part: shapely.Geometry) -> str:
    if part.geom_type == "Polygon":
        return "".join(_ring(ring.coords) + "Z" for ring in (part.exterior, *part.interiors) if not ring.is_empty)
    if part.geom_type in ("LineString", "LinearRing"):
        return _ring(part.coords, closed=False)
    return "".join(_part(one) for one in part.geoms) if hasattr(part, "geoms") else ""


def _ring(coords: object, *, closed: bool = True) -> str:
    """Return a line as a path to a tenth of a unit, without points that fall together."""
    points = np.round(np.asarray(coords, dtype=float)[:, :2], 1) + 0.0  # no minus before zero
    points = points[np.append(True, (points[1:] != points[:-1]).any(axis=1))]
    if closed and len(points) > 1 and (points[0] == points[-1]).all():
        points = points[:-1]
    if len(points) < 2:
        return ""
    said = [f"{x:g} {y:g}" for x, y in points.tolist()]
    return f"M{said[0]}L{' '.join(said[1:])}"


def hatch(name: str, kind: str, colour: str) -> str:
    """Return a hatching as a pattern."""
    lines = {
        "diagonal": f'<path d="M0 0V4" stroke="{colour}" stroke-width="1.5"/>',
        "cross": f'<path d="M0 0V4M0 0H4" stroke="{colour}" stroke-width="0.9"/>',
        "dots": f'<circle cx="2" cy="2" r="0.7" fill="{colour}"/>',
    }[kind]
    turned = 'patternUnits="userSpaceOnUse" patternTransform="rotate(45)"'
    return f'<pattern id="{name}" width="4" height="4" {turned}>{lines}</pattern>'


def shortened(words: str, width: float, *, size: float = SIZE) -> str:
    """Return words that fit into a width in units, cut with an ellipsis where they are longer.

    Examples
    --------
    >>> shortened("Kita", 100), shortened("Grundschule im Quartier", 60)
    ('Kita', 'Grundschul…')
    """
    most = max(1, int(width / (LETTER * size)))
    return words if len(words) <= most else words[: most - 1].rstrip() + "…"


def _looks(looks: dict[str, object]) -> str:
    return "".join(
        f' {name.rstrip("_").replace("_", "-")}="{_n(value) if isinstance(value, float) else escape(str(value))}"'
        for name, value in looks.items()
    )


def _n(value: float) -> str:
    """Return a number to a tenth, without an empty decimal."""
    text = f"{float(value):.1f}"
    return text.removesuffix(".0").replace("-0", "0") if text in ("-0.0", "0.0") else text.removesuffix(".0")
