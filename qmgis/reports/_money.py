"""Money in words: cents as whole euros; a sum of which parts are missing says that it is at least so much."""

from __future__ import annotations

import pandas as pd

from qmgis.i18n import number, say
from qmgis.model import Lang

__all__ = ["MONEY", "euros", "sum_words"]

MONEY = ("planned_ct", "approved_ct", "spent_ct")


def euros(cents: object, lang: Lang) -> str:
    """Return cents as whole euros.

    Examples
    --------
    >>> euros(123456, "de"), euros(pd.NA, "de")
    ('1.235 €', '–')
    """
    if cents is None or pd.isna(cents):  # type: ignore[call-overload]
        return "–"
    said = number(int(str(cents)) / 100, lang)
    return f"{said} €" if lang == "de" else f"€{said}"


def sum_words(cents: pd.Series[int], lang: Lang) -> str:
    """Return the sum of cents; where some are missing "at least", where all are an en dash.

    Examples
    --------
    >>> sum_words(pd.Series([100, 200], dtype="Int64"), "en"), sum_words(pd.Series([100, pd.NA], dtype="Int64"), "en")
    ('€3', 'at least €1')
    """
    if not len(cents) or cents.isna().all():
        return "–"
    said = euros(int(cents.sum()), lang)
    return say("reports.at_least", lang, sum=said) if cents.isna().any() else said
