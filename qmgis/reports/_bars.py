"""Bars of a profile, shares beside each other, and states as signs: hatched or filled, for print in grey."""

from __future__ import annotations

import math
from collections.abc import Sequence

from qmgis.i18n import percent, say
from qmgis.model import Lang
from qmgis.reports._profile import Picture
from qmgis.reports._svg import FAINT, INK, Sheet, shortened

__all__ = ["share_bars", "state_signs"]

FULL, SHARE, LEFT, STEP = 680.0, 0.56, 172.0, 23.0
WIDE = FULL * SHARE
BLUE, GRID = "#1f4e8c", "#d9d6cf"
SIGNS = ("met", "partly", "not", "unknown")


def share_bars(rows: Sequence[tuple[str, float, float]], lang: Lang) -> Picture:
    """Return two bars for each row: its share of the measures, hatched, above its share of the money, filled.

    Parameters
    ----------
    rows
        Title, share of the measures, share of the money; shares 0-1, NaN where not known.

    Examples
    --------
    >>> "50 %" in share_bars([("Bildung", 0.5, 0.25)], "de").svg
    True
    """
    top, right = 22.0, 30.0
    sheet = Sheet(WIDE, top + STEP * len(rows) + 4)
    known = [share for _, *shares in rows for share in shares if not math.isnan(share)]
    scale = (WIDE - LEFT - right) / max(known, default=1.0)
    sheet.line(LEFT, top - 4, LEFT, top + STEP * len(rows), stroke=GRID)
    for place, (title, count, money) in enumerate(rows):
        y = top + STEP * place
        sheet.text(0, y + 12.5, shortened(title, LEFT - 8, size=10.5), size=10.5)
        for share, at, looks in ((count, y, _hatched(sheet)), (money, y + 9.5, {"fill": BLUE})):
            if math.isnan(share):
                sheet.text(LEFT + 4, at + 7.5, "–", size=9)
                continue
            sheet.box(LEFT, at, share * scale, 8, **looks)
            sheet.text(LEFT + share * scale + 4, at + 7.5, percent(share, lang, digits=0), size=9)
    sheet.box(LEFT, 2, 18, 8, **_hatched(sheet))
    sheet.text(LEFT + 23, 9.5, say("reports.legend_count", lang), size=9)
    sheet.box(LEFT + 110, 2, 18, 8, fill=BLUE)
    sheet.text(LEFT + 133, 9.5, say("reports.legend_money", lang), size=9)
    said = "; ".join(say("reports.alt_bar", lang, title=title, count=_said(count, lang), money=_said(money, lang))
                     for title, count, money in rows)  # fmt: skip
    return Picture(str(sheet), say("reports.alt_bars", lang, said=said), say("reports.chart_bars", lang), SHARE)


def _hatched(sheet: Sheet) -> dict[str, object]:
    return {"fill": sheet.fill("diagonal", INK), "stroke": INK, "stroke_width": 0.7}


def _said(share: float, lang: Lang) -> str:
    return "–" if math.isnan(share) else percent(share, lang, digits=0)


def state_signs(rows: Sequence[tuple[str, Sequence[tuple[str, str]]]], lang: Lang) -> Picture:
    """Return a line for each group with a sign for each of its criteria: filled, half, empty, or a question mark.

    Parameters
    ----------
    rows
        Group, and its criteria as key and state: ``met``, ``partly``, ``not``, ``unknown``.

    Examples
    --------
    >>> "V06" in state_signs([("Orte", [("V06", "unknown")])], "de").svg
    True
    """
    left, step, cell = 110.0, 19.0, 78.0
    sheet = Sheet(FULL, 20 + step * len(rows))
    x = left
    for state in SIGNS:
        _sign(sheet, x + 6, 7, state)
        said = say(f"readiness.state_{state}", lang)
        sheet.text(x + 17, 10.5, said, size=9)
        x += 40 + 5.2 * len(said)
    for place, (group, criteria) in enumerate(rows):
        y = 20 + step * place + step / 2
        sheet.line(0, y - step / 2, FULL, y - step / 2, stroke=GRID, stroke_width=0.7)
        sheet.text(0, y + 3.5, shortened(group, left - 6, size=10.5), size=10.5)
        for order, (key, state) in enumerate(criteria):
            _sign(sheet, left + order * cell + 6, y, state)
            sheet.text(left + order * cell + 17, y + 3.5, key, size=10, fill=FAINT)
    said = "; ".join(
        f"{group}: " + ", ".join(f"{key} {say(f'readiness.state_{state}', lang)}" for key, state in criteria)
        for group, criteria in rows
    )
    return Picture(str(sheet), say("reports.alt_signs", lang, said=said), say("reports.chart_signs", lang))


def _sign(sheet: Sheet, x: float, y: float, state: str) -> None:
    sheet.dot(x, y, 6.0, fill=INK if state == "met" else "#ffffff", stroke=INK, stroke_width=1.1,
              **({"stroke_dasharray": "2 1.6"} if state == "unknown" else {}))  # fmt: skip
    if state == "partly":
        sheet.path(f"M{x:.1f} {y - 6:.1f}A6 6 0 0 0 {x:.1f} {y + 6:.1f}Z", fill=INK)
    if state == "unknown":
        sheet.text(x, y + 3.2, "?", size=9.5, text_anchor="middle")
