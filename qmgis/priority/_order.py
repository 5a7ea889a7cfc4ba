"""Where need meets gap: an order to read the areas in, with the reason for each place in it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from qmgis.errors import DataError, MissingColumnError, VintageError, did_you_mean
from qmgis.i18n import number, percent
from qmgis.model import LANGS, AreaResult, Column, ColumnKind, Indicator, Secrecy, Text, words

__all__ = ["TIERS", "rank_need", "reason"]

# From the least pressing to the most pressing; the number of a tier counts from the other end.
TIERS = ("neither", "underserved", "low_status_underserved", "attention", "attention_underserved")
LOW = ("3", "4")  # of low status, where the index does not say which classes are
NEEDED = ("attention",)


def rank_need(
    need: AreaResult,
    gap: AreaResult,
    *,
    underserved_below: float = 0.9,
    allow_incomplete: bool = False,
    beside: tuple[Indicator, pd.Series] | None = None,
) -> AreaResult:
    """Return one explained order of the areas from need and coverage; a reading order, not a verdict.

    Five tiers: 1 requires attention and is underserved; 2 requires attention; 3 is underserved and has low status;
    4 is underserved; 5 is neither. Inside a tier areas with more people not reached come first, then those with the
    higher status index (more disadvantage); ties go by id.

    Parameters
    ----------
    need
        An index with classes and ``attention``, such as those of `score`.
    gap
        The coverage of a group, on the same version of the areas.
    underserved_below
        An area is underserved if less than this share of the group is reached (0-1).
    allow_incomplete
        Coverage by an incomplete list of places is refused unless this is true.
    beside
        An indicator of the same group (child poverty for Kitas) and its values by area as they may be shown. It is
        read beside the gap, as ``need_value``, and moves nothing in the order.

    Returns
    -------
    AreaResult
        Index as in ``need``; ``value`` is the place in the order (1 = look here first), ``label`` the tier.

    Raises
    ------
    VintageError
        The two results are for different versions of the areas.
    DataError, MissingColumnError
        The results are of another kind, the places are incomplete, or the method gives no status and attention.

    Examples
    --------
    >>> outcome = toy_outcome()
    >>> order = rank_need(outcome.index, outcome.coverage["kita"])
    >>> order.label[order.value.idxmin()]
    'attention_underserved'
    """
    _check(need, gap, underserved_below, allow_incomplete=allow_incomplete)
    areas = need.value.index
    parts = pd.DataFrame(
        {
            "need": need.value.astype(float),
            _class_key(need): need.parts[_class_key(need)],
            "attention": need.parts["attention"].astype("boolean"),
            "share": gap.value.reindex(areas).astype(float),
            "not_reached": gap.parts["not_reached"].reindex(areas).astype(float),
            "residents": gap.parts["residents"].reindex(areas).astype(float),
        }
    )
    left_out = _left_out(need, gap, parts)
    ranked = ~areas.isin(left_out.index)
    tier = _tier(parts, need, underserved_below).where(ranked)
    order = parts[ranked].assign(tier=tier[ranked].astype(int), id=areas[ranked].astype(object))
    order = order.sort_values(["tier", "not_reached", "need", "id"], ascending=[True, False, False, True])
    value = pd.Series(np.arange(1.0, len(order) + 1), index=order.index).reindex(areas)
    codes = (len(TIERS) - tier).fillna(-1).astype(int)
    parts, columns = _with_need(parts, _columns(need, underserved_below), beside)
    whole = pd.concat([tier.rename("tier").astype("Int64"), parts], axis=1)
    shown, states = _seen(whole, need, gap)
    warnings = [*need.warnings, *gap.warnings]
    if need.year != gap.year:
        warnings.append(words("priority.warning_years", need=need.year, gap=gap.year))
    return AreaResult(
        kind="priority",
        key=f"{need.key}_{gap.key}",
        title=words("priority.title", need=need.title, gap=gap.title),
        value=value,
        label=pd.Series(pd.Categorical.from_codes(codes, dtype=pd.CategoricalDtype([*TIERS], True)), index=areas),
        parts=whole,
        columns=columns,
        left_out=left_out,
        vintage=need.vintage,
        year=need.year,
        limits={"share": (underserved_below,)},
        parameters={
            "need": need.key,
            "gap": gap.key,
            "underserved_below": underserved_below,
            "group": gap.parameters.get("group"),
            **{name: gap.parameters.get(name) for name in ("within_m", "within_min", "mode", "distance_type")},
        },
        warnings=tuple(dict.fromkeys(warnings)),
        credits=tuple(dict.fromkeys([*need.credits, *gap.credits])),
        reference_source=need.reference_source,
        shown=shown,
        states=states,
    )


def reason(order: AreaResult, area: str, *, secrecy: Secrecy | None = None) -> Text:
    """Return in one sentence why an area stands where it stands; numbers of too few people are not in it.

    Parameters
    ----------
    order
        As `rank_need` gives it.
    area
        Id of an area.
    secrecy
        Limits below which numbers are not shown; by default those of `Secrecy`.

    Examples
    --------
    >>> outcome = toy_outcome()
    >>> print(reason(outcome.priority["kita"], outcome.priority["kita"].value.idxmin()).en)
    Place 1 of 27 in the reading order: requires particular attention and is underserved; 50 persons of the group are
    not reached (share reached 0.0%). Child poverty: 55.6%.
    """
    if area not in order.value.index:
        raise DataError(
            f'There is no area "{area}".{did_you_mean(area, order.value.index)}',
            de=f'Es gibt kein Gebiet "{area}".{did_you_mean(area, order.value.index, lang="de")}',
        )
    if area in order.left_out.index:
        return words("priority.not_ranked", reason=words(f"words.reason_{order.left_out[area]}"))
    people, group, share = (float(order.parts[name][area]) for name in ("not_reached", "residents", "share"))
    tier = words(f"priority.because_{order.label[area]}")
    first = {"place": _both(order.value[area]), "count": _both(float(order.value.notna().sum())), "tier": tier}
    limits = secrecy if secrecy is not None else Secrecy()
    if 0 < group < limits.min_base or any(0 < part < limits.min_count for part in (people, group - people)):
        return _and_need(words("priority.reason_too_few", **first), order, area)
    shown = Text(percent(share, "de"), percent(share, "en"))
    return _and_need(words("priority.reason", people=_both(people), share=shown, **first), order, area)


def _and_need(sentence: Text, order: AreaResult, area: str) -> Text:
    """Return the sentence with the indicator of the same group behind it, where there is one to be shown."""
    column = {entry.key: entry for entry in order.columns}.get("need_value")
    if column is None or pd.isna(order.parts["need_value"][area]):
        return sentence
    value = float(order.parts["need_value"][area])
    said = {
        lang: percent(value, lang) if column.kind == "share" else number(value, lang, digits=column.digits)
        for lang in LANGS
    }
    return words("priority.reason_need", sentence=sentence, need=column.title, value=Text(said["de"], said["en"]))


def _with_need(
    parts: pd.DataFrame, columns: tuple[Column, ...], beside: tuple[Indicator, pd.Series] | None
) -> tuple[pd.DataFrame, tuple[Column, ...]]:
    """Return the parts and their descriptions with the indicator of the same group, where one was given."""
    if beside is None:
        return parts, columns
    indicator, values = beside
    kind: ColumnKind = {"share": "share", "count": "count"}.get(indicator.measure, "number")  # type: ignore[assignment]
    unit = Text("%", "%") if kind == "share" else Text("", "")
    note = words("priority.note_need")
    described = Column("need_value", indicator.title, kind, unit, 0 if kind == "count" else 1, note=note)
    return parts.assign(need_value=values.reindex(parts.index).astype(float)), (*columns, described)


def _seen(parts: pd.DataFrame, need: AreaResult, gap: AreaResult) -> tuple[pd.DataFrame | None, pd.Series | None]:
    """Return the parts without what index and coverage do not show, and why; nothing where they do not know."""
    if need.shown is None and gap.shown is None:
        return None, None
    shown, key = parts.copy(), f"{need.key}_{gap.key}"
    closed = need.seen[need.index_column].reindex(parts.index).isna() & parts["need"].notna()
    few = gap.seen["not_reached"].reindex(parts.index).isna() & parts["not_reached"].notna()
    shown.loc[closed, "need"] = np.nan
    people = ["share", "not_reached", "residents"]
    shown[people] = shown[people].mask(few)
    states = closed.map({True: f"{key}_need=secret", False: ""}).astype(object)
    for name in people:
        states += few.map({True: f" {key}_{name}=too_small", False: ""})
    return shown, states.str.strip()


def _both(value: float) -> Text:
    return Text(number(value, "de"), number(value, "en"))


def _check(need: AreaResult, gap: AreaResult, below: float, *, allow_incomplete: bool) -> None:
    """Raise where the two results cannot be laid beside each other."""
    if need.kind != "index" or gap.kind != "coverage":
        raise DataError(
            f'Need meets gap takes an index and a coverage, not "{need.kind}" and "{gap.kind}".',
            de=f'Bedarf und Lücke brauchen einen Index und eine Erreichbarkeit, nicht "{need.kind}" und "{gap.kind}".',
        )
    if need.vintage != gap.vintage:
        raise VintageError(
            f'"{need.key}" is for the areas "{need.vintage}" and "{gap.key}" for "{gap.vintage}"; compute both for the '
            "same version of the areas.",
            de=f'"{need.key}" gilt für die Gebiete "{need.vintage}", "{gap.key}" für "{gap.vintage}"; beide für '
            "dieselbe Fassung der Gebiete rechnen.",
        )
    missing = [name for name in NEEDED if name not in need.parts]
    if missing:
        raise MissingColumnError(
            f'"{need.key}" gives no {", ".join(missing)}; use a method with status and attention, such as mss.',
            de=f'"{need.key}" liefert {", ".join(missing)} nicht; ein Verfahren mit Status und Aufmerksamkeit '
            "verwenden, etwa mss.",
        )
    if not gap.parameters.get("complete", True) and not allow_incomplete:
        raise DataError(
            f'The places of "{gap.key}" are incomplete, so a gap may be a gap of the list; complete the list, or say '
            "allow_incomplete.",
            de=f'Die Orte von "{gap.key}" sind unvollständig, eine Lücke kann eine Lücke der Liste sein; Liste '
            "vervollständigen oder allow_incomplete angeben.",
        )
    if not 0 < below <= 1:
        raise DataError(
            f"underserved_below is {below}; give a share above 0 and at most 1.",
            de=f"underserved_below ist {below}; einen Anteil über 0 und höchstens 1 angeben.",
        )


def _left_out(need: AreaResult, gap: AreaResult, parts: pd.DataFrame) -> pd.Series:
    """Return the reason of the need, else of the coverage; whatever else is missing is a missing indicator."""
    areas = parts.index
    unknown = parts[["need", _class_key(need), "attention", "share", "not_reached"]].isna().any(axis=1)
    found = pd.Series(None, index=areas, dtype=object, name="left_out").mask(unknown, "missing_indicator")
    for result in (gap, need):
        given = result.left_out.astype(object).reindex(areas)
        found = given.where(given.notna(), found)
    return found.dropna().rename("left_out")


def _class_key(need: AreaResult) -> str:
    return "status_class" if "status_class" in need.parts else "class"


def _tier(parts: pd.DataFrame, need: AreaResult, below: float) -> pd.Series:
    """Return the tier of each area, 1 to 5."""
    attention = parts["attention"].fillna(False).to_numpy(dtype=bool)
    under = (parts["share"] < below).to_numpy(dtype=bool)
    named = parts[_class_key(need)].astype("string")
    low = named.isin(need.parameters.get("low", LOW)).to_numpy(dtype=bool)
    return pd.Series(np.select([attention & under, attention, under & low, under], [1, 2, 3, 4], 5), index=parts.index)


def _columns(need: AreaResult, below: float) -> tuple[Column, ...]:
    persons = words("coverage.unit_persons")
    note = words("priority.note_tier", below=Text(percent(below, "de", digits=0), percent(below, "en", digits=0)))
    tiers = {str(len(TIERS) - place): words(f"priority.tier_{tier}") for place, tier in enumerate(TIERS)}
    described = {column.key: column for column in need.columns}
    return (
        Column("tier", words("priority.tier"), "code", codes=dict(sorted(tiers.items())), note=note),
        replace(described[need.index_column], key="need"),
        described[_class_key(need)],
        Column("attention", words("words.attention"), "bool"),
        Column("share", words("priority.share"), "share", digits=1),
        Column("not_reached", words("priority.not_reached"), "count", persons, 0),
        Column("residents", words("priority.residents"), "count", persons, 0),
    )
