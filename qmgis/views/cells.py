"""A value of a table as people read it; the same words on the map, in tables, charts and the area page."""

from __future__ import annotations

import pandas as pd

from qmgis.i18n import number, percent, say
from qmgis.model import Column, Lang, Outcome, Text
from qmgis.model.reading import value_at

__all__ = [
    "cell",
    "code_word",
    "column_of",
    "state_of",
    "state_word",
    "why_empty",
    "why_empty_at",
]


# Codes of these columns are keys for machines; people read their names only.
_NAMED = ("class", "certainty", "reliability_")
# What stands beside a share and is empty where it is, or where the people behind it are not shown.
ORDERED = ("order", "tier", "holds", "not_reached_low", "not_reached_high", "firm")
NUMBERS = ("count_", "base_", "low_", "high_", "reliability_", "smoothed_")


def cell(value: object, column: Column, lang: Lang) -> str:
    """Return a value in words: shares as percent, codes and flags as words, an en dash where it is missing.

    Examples
    --------
    >>> from qmgis.model import Text
    >>> cell(0.125, Column("x", Text("X", "X"), "share", digits=1), "de")
    '12,5 %'
    >>> cell(None, Column("x", Text("X", "X"), "count"), "de")
    '–'
    """
    if value is None or (value != value if type(value) is float else pd.isna(value)):  # type: ignore[call-overload]
        return "–"
    if column.kind == "bool":
        return say("words.yes" if value else "words.no", lang)
    if column.kind == "code":
        word = column.codes.get(str(value))
        if word is None:
            return str(value)
        return word.to(lang) if column.key.startswith(_NAMED) else _coded(str(value), word.to(lang))
    if column.kind == "text":
        return str(value)
    return _number(float(value), column, lang)  # type: ignore[arg-type]


def code_word(value: object) -> str | None:
    """Return a value as the word of a closed list, whole numbers without a point; None where it is missing.

    Examples
    --------
    >>> code_word(4.0), code_word("4-"), code_word(float("nan"))
    ('4', '4-', None)
    """
    if value is None or pd.isna(value):  # type: ignore[call-overload]
        return None
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _coded(code: str, word: str) -> str:
    """Return a short code with its word: ``4- (very low / negative)``; a long code is its word."""
    return f"{code} ({word})" if len(code) <= 4 else word


def _number(value: float, column: Column, lang: Lang) -> str:
    if column.kind == "share":
        return percent(value, lang, digits=min(column.digits, 1))
    if column.kind == "points":
        return f"{number(100 * value, lang, digits=1, sign=True)} {say('views.points', lang)}"
    if column.kind == "metres":
        return f"{number(value, lang)} m"
    if column.kind in ("count", "order"):
        return number(value, lang)
    return number(value, lang, digits=column.digits)


def column_of(outcome: Outcome, key: str) -> Column:
    """Return the description of a column of the outcome's table.

    Raises
    ------
    MissingColumnError
        If there is no such column.
    """
    from qmgis.errors import MissingColumnError, did_you_mean

    found = {column.key: column for column in outcome.columns}
    if key not in found:
        raise MissingColumnError(
            f'The results of run "{outcome.run.key}" have no column "{key}".{did_you_mean(key, found)}',
            de=f'Die Ergebnisse des Laufs "{outcome.run.key}" haben keine Spalte "{key}".'
            f"{did_you_mean(key, found, lang='de')}",
        )
    return found[key]


def state_of(outcome: Outcome, column: str) -> pd.Series:
    """Return why cells of a column are empty: a state for each area, empty text where the table names none."""
    keys = _state_keys(outcome, column)
    if "states" not in outcome.table:
        return pd.Series("", index=outcome.table.index, dtype=object)
    said = outcome.table["states"].fillna("").astype(object)
    named = said[said != ""].map(lambda text: _first(dict(_pairs(str(text))), keys))
    return named.reindex(said.index, fill_value="").astype(object)


def _state_keys(outcome: Outcome, column: str) -> tuple[str, ...]:
    """Return the words under which the table names states of a column, the most particular first.

    A word is an indicator, its change, an index (for its distance, standard scores and contributions too), a theme, or
    an age group of a theme.
    """
    themes = [theme for theme in outcome.themes if column.startswith(f"{theme}_")]
    if themes:
        theme = max(themes, key=len)
        _, _, age = column.removeprefix(f"{theme}_").partition("reached_age_")
        need = outcome.themes[theme].need if column == f"{theme}_need" else None
        own = (f"{theme}_age_{age}",) if age else (need,) if need else (theme,)
        return (column, *own)
    if (
        "index" in outcome.index.parts
        and column in outcome.index.parts
        and not column.startswith(("value_", "change_"))
    ):
        return (column, "index")
    if column.startswith(("z_", "contribution_")):
        block = "dynamics" if column.endswith("_change") and f"change_{_moved(column)}" in outcome.table else "status"
        return (f"{block}_index",)
    if outcome.certainty is not None and column in outcome.certainty.parts:
        crossed = ("dynamics_index",) if column in ("probability_attention", "probability_group") else ()
        return (outcome.index.index_column, *crossed)
    if column.startswith(NUMBERS):
        name = column.partition("_")[2]
        return (f"{name}_base", name)
    name = column.removeprefix("value_").removeprefix("change_")
    if column.startswith("change_"):
        return (f"{name}_change", name)
    return (column.replace("_distance", "_index"), name, *(("status_index",) if column == "value" else ()))


def _moved(column: str) -> str:
    return column.partition("_")[2].removesuffix("_change")


def _first(named: dict[str, str], keys: tuple[str, ...]) -> str:
    return next((named[key] for key in keys if key in named), "")


def _pairs(text: str) -> list[tuple[str, str]]:
    pairs = (word.partition("=") for word in text.split())
    return [(name, state) for name, _, state in pairs]


def why_empty(outcome: Outcome, column: str) -> pd.Series:
    """Return for each area why a column has no value: a state, a reason of leaving out, or ``""`` where it has one.

    Reasons of leaving out begin with ``left_out:``.
    """
    empty = outcome.table[column].isna()
    why = state_of(outcome, column).where(empty, "")
    why = why.mask(empty & (why == ""), "missing")
    left_out = _left_out(outcome, column).reindex(outcome.table.index)
    return why.mask(empty & left_out.notna(), "left_out:" + left_out.astype(object).fillna(""))


def why_empty_at(outcome: Outcome, area: str, column: str) -> str:
    """Return the answer of `why_empty` for one area, without looking at the others."""
    if value_at(outcome, area, column) is not None:
        return ""
    left_out = _left_out(outcome, column)
    if area in left_out.index:
        return f"left_out:{left_out[area]}"
    named = dict(_pairs(str(value_at(outcome, area, "states") or "")))
    return _first(named, _state_keys(outcome, column)) or "missing"


def _left_out(outcome: Outcome, column: str) -> pd.Series:
    """Return the areas that the analysis behind a column leaves out, with the reason."""
    for theme, result in outcome.coverage.items():
        if column in (f"{theme}_{part}" for part in ORDERED) and theme in outcome.priority:
            return outcome.priority[theme].left_out
        if column.startswith(f"{theme}_reached_age_") or column.startswith(f"{theme}_not_reached_age_"):
            return pd.Series(dtype=object)
        if column == f"{theme}_need" and theme in outcome.priority and outcome.themes[theme].need:
            return pd.Series(dtype=object)
        if column.startswith(f"{theme}_"):
            return result.left_out
    if column in outcome.index.parts and not column.startswith(("value_", "change_")):
        return outcome.index.left_out
    for beside in (outcome.certainty, outcome.pattern):
        if beside is not None and column in beside.parts:
            return beside.left_out
    return pd.Series(dtype=object)


def state_word(why: str) -> Text:
    """Return an answer of `why_empty` in words."""
    from qmgis.model import words

    kind, _, reason = why.rpartition(":")
    return words(f"words.reason_{reason}" if kind else f"words.state_{reason}")
