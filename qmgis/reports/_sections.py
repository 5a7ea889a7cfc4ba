"""How a section is declared: a file of `qmgis.reports.sections` that ends in ``SECTION``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from qmgis.registry import collect
from qmgis.reports._material import Material
from qmgis.reports._profile import Section

__all__ = ["Maker", "makers"]


@dataclass(frozen=True)
class Maker:
    """A kind of section: key, place (the least first), and what makes it; None where there is nothing to say."""

    key: str
    order: int
    make: Callable[[Material], Section | None]


@cache
def makers() -> tuple[Maker, ...]:
    """Return every kind of section in the order of the page.

    Examples
    --------
    >>> [maker.key for maker in makers()][:2]
    ['figures', 'situation']
    """
    found: dict[str, Maker] = collect("qmgis.reports.sections", "SECTION")
    return tuple(sorted(found.values(), key=lambda maker: (maker.order, maker.key)))
