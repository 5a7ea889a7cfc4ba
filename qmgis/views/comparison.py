"""What two results say of the same areas, in words: agreement, order, reasons, and a row for each area."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from qmgis import compare
from qmgis.i18n import keys, number, percent, say
from qmgis.model import AreaResult, Lang, Profile
from qmgis.scoring import LEFT_OUT

__all__ = [
    "AreaMove",
    "agreement_in_words",
    "because",
    "carried_in_words",
    "carried_notes",
    "class_name",
    "moves_of",
    "order_in_words",
    "reason_titles",
    "settings_in_words",
]

ORDERS = ((0.95, "alike"), (0.8, "close"), (0.5, "partly"), (0.2, "little"), (-0.2, "none"), (-1.0, "opposed"))
LEAST, MOST = 0.02, 3
PLACES = 1


@dataclass(frozen=True)
class AreaMove:
    """One area in two results: ``move`` is one of `compare.MOVES`, the rest is in words, empty where unknown.

    ``attention``: 1 newly requires attention, -1 no longer, else 0. ``places``: places towards the most pressing.
    ``note``: how one of the two was carried from other areas.
    """

    area: str
    name: str
    move: str
    first: str
    second: str
    attention: int
    places: float | None
    reasons: str
    note: str = ""


def carried_in_words(title: str, frame: pd.DataFrame, lang: Lang) -> str:
    """Return in words that a result was carried from other areas, and how much of it depends on how.

    Columns as of `Converted`, and ``classed``: whether there is a class. Without any ``spread`` there were no other
    weights to compare with.

    Examples
    --------
    >>> frame = pd.DataFrame({"official": [True, False], "spread": [0, 0.2], "unsure": [False, True]})
    >>> frame["classed"] = True
    >>> print(carried_in_words("MSS 2017", frame, "en"))  # doctest: +NORMALIZE_WHITESPACE
    "MSS 2017" is of other areas and is converted to these: undivided areas (1) have the published class, the others (1)
    a computed one. In 1 of them other weights give another class. The index moves by 0.20 at most.
    """
    official = frame["official"].astype(bool)
    classed = frame["classed"].astype(bool)
    counts = {"official": official, "computed": ~official & classed, "none": ~official & ~classed}
    shown = {name: number(int(where.sum()), lang) for name, where in counts.items()}
    said = [say("compare.carried", lang, title=title, **shown)]
    if counts["none"].any():
        said.append(say("compare.carried_none", lang, **shown))
    spread, unsure = float(frame.loc[~official, "spread"].max()), int(frame["unsure"].sum())
    if unsure or spread == spread:
        said.append(say(f"compare.carried_{'unsure' if unsure else 'sure'}", lang, unsure=number(unsure, lang)))
    elif counts["computed"].any():
        said.append(say("compare.carried_alone", lang))
    if spread == spread:
        said.append(say("compare.carried_spread", lang, spread=number(spread, lang, digits=2)))
    return " ".join(said)


def carried_notes(frame: pd.DataFrame, lang: Lang) -> dict[str, str]:
    """Return for each area that is not undivided how its result was carried; columns as of `Converted`.

    Examples
    --------
    >>> frame = pd.DataFrame({"official": [False], "exact": [0.25], "spread": [0.5], "unsure": [True]}, index=["a"])
    >>> carried_notes(frame, "en")
    {'a': 'converted; 25% of residents from undivided areas; index ± 0.50; other weights give another class'}
    """
    notes = {}
    for area, row in frame[~frame["official"].astype(bool)].iterrows():
        parts = [say("compare.note_carried", lang)]
        if row["exact"] == row["exact"]:
            parts.append(say("compare.note_exact", lang, share=percent(float(row["exact"]), lang, digits=0)))
        if row["spread"] == row["spread"]:
            parts.append(say("compare.note_spread", lang, spread=number(float(row["spread"]), lang, digits=2)))
        if row["unsure"]:
            parts.append(say("compare.note_unsure", lang))
        notes[str(area)] = "; ".join(parts)
    return notes


def agreement_in_words(first: AreaResult, second: AreaResult, lang: Lang) -> str:
    """Return in one sentence how far two results agree.

    Examples
    --------
    >>> index = toy_outcome().index
    >>> agreement_in_words(index, index, "en")[:57]
    '27 of 27 areas that both score are in the same class; 0 a'
    """
    found = compare.agreement(first, second)
    scored = number(found.scored, lang)
    said = [say("compare.other_classes", lang, scored=scored)]
    if found.same is not None:
        said = [say("compare.same", lang, same=number(found.same, lang), scored=scored)]
    if found.newly is None or found.no_longer is None:
        said.append(say("compare.no_attention", lang))
    else:
        counted = [_counted(key, count, lang) for key, count in (("newly", found.newly), ("gone", found.no_longer))]
        said.append(", ".join(counted))
    if found.one_side:
        said.append(say("compare.one_side", lang, count=number(found.one_side, lang)))
    return "; ".join(said) + "."


def order_in_words(alike: compare.RankCorrelation, lang: Lang) -> str:
    """Return what two rank correlations mean, and their numbers.

    Examples
    --------
    >>> index = toy_outcome().index
    >>> order_in_words(compare.rank_correlation(index, index), "en").split(".")[0]
    'The order of the areas is nearly the same'
    """
    key = next(name for least, name in ORDERS if alike.spearman >= least)
    rho, tau = (number(one, lang, digits=3) for one in (alike.spearman, alike.kendall))
    numbers = say("compare.order_numbers", lang, rho=rho, tau=tau, areas=number(alike.areas, lang))
    return f"{say(f'compare.order_{key}', lang)} {numbers}"


def reason_titles(first: AreaResult, second: AreaResult, lang: Lang) -> dict[str, str]:
    """Return what to call each contribution that `compare.reasons` names.

    Examples
    --------
    >>> index = toy_outcome().index
    >>> list(reason_titles(index, index, "de"))[0]
    'contribution_unemployment'
    """
    known = {column.key: column.title.to(lang) for one in (second, first) for column in one.columns}
    found = {}
    for key in (one for one in known if one.startswith("contribution_")):
        name = key.removeprefix("contribution_")
        base = name.removesuffix("_change")
        if f"value_{name}" in known or f"change_{name}" in known:
            found[key] = known.get(f"value_{name}") or known[f"change_{name}"]
        elif base != name and (f"value_{base}" in known or f"change_{base}" in known):
            title = known.get(f"value_{base}")
            found[key] = say("compare.of_change", lang, title=title) if title else known[f"change_{base}"]
        else:
            found[key] = known[key]
    return found


def because(why: Mapping[Any, Any], titles: Mapping[str, str], lang: Lang) -> str:
    """Return which contributions moved most, in words; ``why`` is a row of `compare.reasons`.

    Examples
    --------
    >>> because({"contribution_p": 0.42, "contribution_q": -0.1}, {"contribution_p": "P"}, "en")
    'P adds more (+0.42); contribution_q adds less (-0.10)'
    """
    known = [(str(key), float(by)) for key, by in why.items() if not pd.isna(by)]
    if not known:
        return say("compare.reason_hidden" if len(why) else "compare.reason_none", lang)
    most = sorted(known, key=lambda one: -abs(one[1]))[:MOST]
    said = [
        say(f"compare.{'more' if by > 0 else 'less'}", lang, title=titles.get(key, key),
            by=number(by, lang, digits=2, sign=True))
        for key, by in most
        if abs(by) >= LEAST
    ]  # fmt: skip
    return "; ".join(said) or say("compare.reason_alike", lang)


def moves_of(first: AreaResult, second: AreaResult, names: Mapping[str, str], lang: Lang) -> tuple[AreaMove, ...]:
    """Return a row for each area of two results, in their order.

    Examples
    --------
    >>> index = toy_outcome().index
    >>> rows = moves_of(index, index, {}, "en")
    >>> len(rows), rows[0].move, rows[0].reasons
    (30, 'left_out', '')
    """
    moved, move, why = compare.shifts(first, second), compare.moves(first, second), compare.reasons(first, second)
    titles = reason_titles(first, second, lang)
    one, other = (_class_names(each, lang) for each in (first, second))
    told = move.isin(["up", "down", "unclear"]) | (moved["rank_shift"].abs() >= PLACES)
    parts = why.to_dict("records") if len(why.columns) else [{}] * len(moved)
    rows = []
    for area, row, step, part, is_told in zip(
        moved.index, moved.to_dict("records"), move, parts, told.fillna(False), strict=True
    ):
        shift = row["attention_shift"]
        rows.append(
            AreaMove(
                area=str(area),
                name=str(names.get(str(area), area)),
                move=str(step),
                first=one.get(row["class_first"], ""),
                second=other.get(row["class_second"], ""),
                attention=0 if pd.isna(shift) else int(shift),
                places=None if pd.isna(row["rank_shift"]) else float(row["rank_shift"]),
                reasons=because(part, titles, lang) if is_told else "",
            )
        )
    return tuple(rows)


def class_name(result: AreaResult, code: str, lang: Lang) -> str:
    """Return what a class of a result is called: a short code with its word, or its word.

    Examples
    --------
    >>> class_name(toy_outcome().index, "4-", "en")
    '4- (very low / negative)'
    """
    if code == LEFT_OUT:
        return say("compare.move_left_out", lang)
    return _class_names(result, lang).get(code, code)


def settings_in_words(
    first: Profile, second: Profile, titles: Mapping[str, str], lang: Lang
) -> list[tuple[str, str, str, str]]:
    """Return what two profiles say differently: in words, by its key, and what each says (a dash for nothing).

    Examples
    --------
    >>> settings_in_words(toy_profile(), toy_profile(ddof=1), {}, "en")[0]
    ('Status: Degrees of freedom of the spread', 'status.ddof', '0', '1')
    """
    return [
        (_setting(key, titles, lang), key, _said(one, titles, lang), _said(other, titles, lang))
        for key, one, other in compare.settings(first, second)
    ]


def _counted(key: str, count: int, lang: Lang) -> str:
    if count == 1:
        return say(f"compare.{key}_one", lang)
    return say(f"compare.{key}_some", lang, count=number(count, lang))


def _class_names(result: AreaResult, lang: Lang) -> dict[str, str]:
    """Return the names of a result's classes by code."""
    described = {column.key: column.codes for column in result.columns}
    named = described.get("group") or described.get("class") or {}
    short = "group" in described
    found = {}
    for code in map(str, result.label.cat.categories):
        word = named[code].to(lang) if code in named else code
        found[code] = f"{code} ({word})" if short and word != code else word
    return found


def _setting(key: str, titles: Mapping[str, str], lang: Lang) -> str:
    """Return a key such as ``status.weights.transfer`` in words; parts without a word stand for themselves."""
    known, said = keys(), []
    for part in key.split("."):
        word = next((one for one in (f"profile.block_{part}", f"compare.setting_{part}") if one in known), None)
        said.append(say(word, lang) if word else titles.get(part, part))
    return ": ".join(said)


def _said(value: str | None, titles: Mapping[str, str], lang: Lang) -> str:
    """Return what a profile says: numbers as people write them, indicators by title."""
    if value is None:
        return "–"
    said = []
    for part in value.split(", "):
        try:
            amount = float(part)
        except ValueError:
            said.append(titles.get(part, part))
        else:
            digits = next((places for places in range(4) if round(amount, places) == amount), 4)
            said.append(number(amount, lang, digits=digits))
    return ("; " if lang == "de" else ", ").join(said)
