"""The street list of a programme area in words: heads, rows, and the same as CSV."""

from __future__ import annotations

import pandas as pd

from qmgis.i18n import number, say
from qmgis.io.written.cells import clean, csv_text, guarded
from qmgis.model import Lang

__all__ = ["street_csv", "street_heads", "street_rows"]

COLUMNS = ("street", "position", "odd", "even", "other", "addresses", "elsewhere", "near")
COUNTS = COLUMNS[-3:]


def street_heads(lang: Lang) -> list[str]:
    """Return the heads of a street list.

    Examples
    --------
    >>> street_heads("en")[:4]
    ['Street', 'Position', 'Odd', 'Even']
    """
    return [say(f"lifecycle.street_{name}", lang) for name in COLUMNS]


def street_rows(found: pd.DataFrame, lang: Lang) -> list[list[str]]:
    """Return a street list (`qmgis.lifecycle.house_numbers`) as people read it, a dash for nothing.

    Examples
    --------
    >>> row = ("Ring", "partly", "1–9", "", "", 5, 12, 1)
    >>> street_rows(pd.DataFrame([row], columns=COLUMNS), "en")
    [['Ring', 'cut by the boundary', '1–9', '–', '–', '5', '12', '1']]
    """
    rows = []
    for one in found.to_dict("records"):
        told = {name: number(int(one[name]), lang) for name in COUNTS}
        told |= {name: str(one[name]) or "–" for name in ("street", "odd", "even", "other")}
        told["street"] = str(one["street"]) or say("lifecycle.street_none", lang)
        told["position"] = say(f"lifecycle.street_is_{one['position']}", lang)
        rows.append([clean(told[name]) for name in COLUMNS])
    return rows


def street_csv(found: pd.DataFrame, lang: Lang) -> bytes:
    r"""Return a street list as CSV; nothing in it is a formula. German: semicolons and a mark for spreadsheets.

    Examples
    --------
    >>> row = ("=Ring", "inside", "1–9", "", "", 1005, 0, 1)
    >>> street_csv(pd.DataFrame([row], columns=COLUMNS), "en").decode().splitlines()[1]
    "'=Ring,inside,1–9,,,1005,0,1"
    """
    rows = street_rows(found, lang)
    counts = found[list(COUNTS)].astype(str).to_numpy().tolist()
    told = [["" if cell == "–" else guarded(cell) for cell in row[: -len(COUNTS)]] + own
            for row, own in zip(rows, counts, strict=True)]  # fmt: skip
    if lang == "de":
        return csv_text([street_heads(lang), *told], delimiter=";", newline="\r\n").encode("utf-8-sig")
    return csv_text([street_heads(lang), *told], delimiter=",", newline="\n").encode()
