"""How sure the class of each area is: small numbers, choices of the method, and both; it never changes the class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from qmgis.core.certainty.choices import Block as Cut
from qmgis.core.certainty.choices import Choices, Noise, Rule
from qmgis.core.certainty.classes import Certainty, certainty, labels
from qmgis.core.certainty.sensitivity import sensitivity, without_each
from qmgis.model import AreaResult, Block, Column, IndicatorTable, People, Profile, Text, people_behind, words

__all__ = ["LABELS", "how_sure", "influence"]

LABELS = ("sure", "likely", "borderline")
WEIGHT_BAND, LIMIT_SHIFT = 0.25, 0.1
# Choices that keep the unit of the index, so that its limits still mean what they say.
ALIKE = ("z", "min_max", "robust_z")
SCALED = ("z", "min_max", "percentile_rank", "robust_z")


@dataclass(frozen=True, eq=False)
class _Asked:
    """What the engine is given: values and changes of the valid areas, the method, noise and choices."""

    values: np.ndarray
    changes: np.ndarray
    rule: Rule
    noise: Noise
    choices: Choices
    ids: Sequence[str]


def how_sure(
    table: IndicatorTable,
    result: AreaResult,
    *,
    profile: Profile,
    draws: int = 1000,
    seed: int = 0,
) -> AreaResult | None:
    """Return how sure the class of each area is; None where the steps of the profile cannot be drawn again.

    Counts are drawn anew where an indicator has a numerator and a denominator, or a base that its layer file declares;
    where it has neither, its share is taken as one of all residents, which understates chance, and a warning says so.
    Weights vary by a quarter, limits by a tenth of the index's unit, normalisations among those that keep its unit, and
    each indicator may be left out.

    Parameters
    ----------
    table
        The table that ``result`` was computed from.
    result
        An index of a method with blocks; its classes are the reported ones, its weights those that vary.
    profile
        As for the index.
    draws, seed
        Same seed, same result.

    Returns
    -------
    AreaResult
        Index as in ``result``; ``value`` the probability of the reported class (0-1; of two crossed indices that of the
        first), ``label`` one of `LABELS`; parts with the probabilities from noise and choices alone, that of the
        attention flag and of the group, the interval of the rank and the choice that the group hangs on.

    References
    ----------
    OECD/JRC, Handbook on Constructing Composite Indicators, 2008, step 7; METHODS A.2.

    Examples
    --------
    >>> result = toy_outcome().index
    >>> sure = how_sure(toy_table(), result, profile=toy_profile(), draws=200)
    >>> set(sure.label.dropna()) <= set(LABELS)
    True
    """
    rule = _rule(table, profile, result)
    if rule is None:
        return None
    asked, warnings = _asked(table, profile, result, rule)
    seen = {"changes": asked.changes, "ids": asked.ids, "draws": draws, "seed": seed}
    both = certainty(asked.values, rule, noise=asked.noise, choices=asked.choices, **seen)  # type: ignore[arg-type]
    noise = certainty(asked.values, rule, noise=asked.noise, **seen)  # type: ignore[arg-type]
    choice = certainty(asked.values, rule, choices=asked.choices, **seen)  # type: ignore[arg-type]
    hangs = sensitivity(
        asked.values,
        rule,
        asked.choices,
        changes=asked.changes,
        noise=asked.noise,
        ids=asked.ids,
        seed=seed,
        samples=64,
    ).hangs_on
    parts = _parts(both, noise, choice, hangs, asked, result)
    return AreaResult(
        kind="certainty",
        key=f"{result.key}_certainty",
        title=words("certainty.title", of=result.title),
        value=parts["probability"].rename(None),
        label=pd.Series(pd.Categorical(parts["certainty"], categories=LABELS, ordered=True), index=parts.index),
        parts=parts,
        columns=_columns(parts),
        left_out=result.left_out,
        vintage=result.vintage,
        year=result.year,
        parameters={
            "draws": draws, "seed": seed, "weight_band": asked.choices.weight_band,
            "limit_shift": asked.choices.limit_shift, "normalisations": list(asked.choices.normalisations),
            "leave_out": asked.choices.leave_out, "approximate": both.approximate,
        },
        warnings=tuple(warnings),
        credits=result.credits,
    )  # fmt: skip


def influence(table: IndicatorTable, result: AreaResult, *, profile: Profile) -> pd.DataFrame | None:
    """Return what leaving out each indicator would do: areas in another class, and the mean shift of ranks.

    Examples
    --------
    >>> found = influence(toy_table(), toy_outcome().index, profile=toy_profile())
    >>> list(found.columns), len(found)
    (['moved', 'rank_shift'], 3)
    """
    rule = _rule(table, profile, result)
    if rule is None or any(len(block.columns) < 2 for block in rule.blocks):
        return None
    asked, _ = _asked(table, profile, result, rule)
    found = without_each(asked.values, rule, changes=asked.changes, ids=asked.ids)
    keys = _keys(profile)
    frame = {"moved": found.moved, "rank_shift": found.rank_shift}
    return pd.DataFrame(frame, index=pd.Index([keys[column] for column in found.columns], name="indicator"))


def _keys(profile: Profile) -> list[str]:
    return list(dict.fromkeys(key for block in profile.blocks.values() for key in block.indicators))


def _rule(table: IndicatorTable, profile: Profile, result: AreaResult) -> Rule | None:
    """Return the profile as the engine knows a method, with the weights of the result; None where it does not."""
    if not profile.blocks or not all(_is_known(block) for block in profile.blocks.values()):
        return None
    keys = _keys(profile)
    cuts = []
    for name, block in profile.blocks.items():
        weights = result.weights[name]
        cuts.append(
            Cut(
                columns=tuple(keys.index(key) for key in block.indicators),
                directions=tuple(own or table.indicators[key].direction for key, own in block.steps.directions.items()),
                weights=tuple(float(weights[key]) for key in block.indicators),
                of="values" if block.of == "value" else "changes",
                normalise=block.steps.normalise,  # type: ignore[arg-type]
                aggregate=block.steps.aggregate,  # type: ignore[arg-type]
                restandardise=block.steps.again == "z",
                ddof=block.steps.ddof,
                limits=block.limits,
                owns=block.owns,
                parts=block.quantiles,
            )
        )
    return Rule(tuple(cuts), attention=tuple(_numbers(word, profile) for word in profile.attention))


def _is_known(block: Block) -> bool:
    """Whether the engine can draw a block again: linear, of one scale, with nothing filled, treated or dropped."""
    steps = block.steps
    levels = not steps.domains or (steps.domain_normalise == "none" and steps.domain_aggregate == steps.aggregate)
    plain = steps.fill == "none" and steps.treat == "none" and steps.constant == "stop" and steps.least_weight == 1.0
    scale = steps.normalise in SCALED and steps.aggregate in ("sum", "mean") and steps.again in ("z", "none")
    unit = steps.normalise != "percentile_rank" or steps.digits is None
    return levels and plain and scale and unit and (steps.normalise != "min_max" or steps.to == (0.0, 1.0))


def _numbers(word: str, profile: Profile) -> tuple[int, ...]:
    """Return the class numbers that a word for a class or group stands for."""
    blocks = list(profile.blocks.values())
    if len(blocks) == 1:
        return (_number(word, blocks[0]),)
    first = next(one for one in sorted(blocks[0].classes, key=len, reverse=True) if word.startswith(one))
    return (_number(first, blocks[0]), _number(word.removeprefix(first), blocks[1]))


def _number(word: str, block: Block) -> int:
    place = block.classes.index(word) + 1
    return block.quantiles + 1 - place if block.quantiles else place


def _asked(table: IndicatorTable, profile: Profile, result: AreaResult, rule: Rule) -> tuple[_Asked, list[Text]]:
    """Return the numbers of the areas that have an index, their counts, and what a reader has to know."""
    areas = result.value.index[result.value.notna()]
    keys, year = _keys(profile), result.year
    values, moved = table.of_year(year).loc[areas], table.of_year(year, what="change").loc[areas]
    counts, totals = pd.DataFrame(index=areas), pd.DataFrame(index=areas)
    counts_before, totals_before = counts.copy(), totals.copy()
    estimated, guessed, without = [], [], []
    for key in keys:
        people = people_behind(table, key, year) if table.indicators[key].measure == "share" else None
        if people is None and table.indicators[key].measure == "share":
            guessed.append(key)
            residents = values[profile.residents].round()
            people = People(residents, residents)
        elif people is None:
            without.append(key)
        elif people.is_estimated:
            estimated.append(key)
        drawn = _drawn(people, values[key], moved[key])
        for frame, column in zip((counts, totals, counts_before, totals_before), drawn, strict=True):
            frame[key] = column
    noise = Noise(
        counts.to_numpy(float), totals.to_numpy(float), counts_before.to_numpy(float), totals_before.to_numpy(float),
        approximate=bool(guessed or estimated),
    )  # fmt: skip
    warnings = [words("certainty.warning_estimated", names=_titles(table, estimated))] if estimated else []
    warnings += [words("certainty.warning_guessed", names=_titles(table, guessed))] if guessed else []
    warnings += [words("certainty.warning_without", names=_titles(table, without))] if without else []
    asked = _Asked(
        values[keys].to_numpy(float),
        moved[keys].to_numpy(float),
        rule,
        noise,
        _choices(rule, result),
        [*map(str, areas)],
    )
    return asked, warnings


def _drawn(people: People | None, value: pd.Series, moved: pd.Series) -> tuple[pd.Series, ...]:
    """Return counts and totals, now and before, on the areas of a share; missing where there are none."""
    if people is None:
        return (value * np.nan,) * 4
    total, before = people.total.reindex(value.index), people.total_before.reindex(value.index)
    count, count_before = (value * total).round(), ((value - moved).clip(0, 1) * before).round()
    if people.count is not None and people.count_before is not None:
        count, count_before = people.count.reindex(value.index), people.count_before.reindex(value.index)
    possible, possible_before = ~(count > total), ~(count_before > before)  # a share above the whole draws nothing
    return (
        count.where(possible),
        total.where(possible),
        count_before.where(possible_before),
        before.where(possible_before),
    )


def _titles(table: IndicatorTable, keys: Sequence[str]) -> Text:
    found = [table.indicators[key].title for key in keys]
    return Text(", ".join(one.de for one in found), ", ".join(one.en for one in found))


def _choices(rule: Rule, result: AreaResult) -> Choices:
    """Return what is varied: normalisations only where the index is standardised again, limits by its spread."""
    again = all(block.restandardise for block in rule.blocks)
    alike = again and all(block.normalise in ALIKE for block in rule.blocks)
    several = all(sum(weight > 0 for weight in block.weights) > 1 for block in rule.blocks)
    unit = 1.0 if again else float(result.value.std(ddof=0))
    shift = 0.0 if any(block.parts for block in rule.blocks) else LIMIT_SHIFT * unit
    return Choices(
        weight_band=WEIGHT_BAND if several else 0.0,
        normalisations=ALIKE if alike else (),  # type: ignore[arg-type]
        limit_shift=shift,
        leave_out=several,
    )


def _parts(
    both: Certainty, noise: Certainty, choice: Certainty, hangs: np.ndarray, asked: _Asked, result: AreaResult
) -> pd.DataFrame:
    flagged = (
        result.parts["attention"].loc[list(asked.ids)].fillna(False).to_numpy(bool)
        if "attention" in result.parts
        else None
    )
    found: dict[str, np.ndarray] = {"certainty": labels(both.certain_of(0)), "probability": both.certain_of(0)}
    found |= {"probability_noise": noise.certain_of(0), "probability_choices": choice.certain_of(0)}
    if both.attention is not None and flagged is not None:
        found["certainty_attention"] = labels(np.where(flagged, both.attention, 1 - both.attention))
        found["probability_attention"] = both.attention
    if len(asked.rule.blocks) > 1:
        found["probability_group"] = both.certain
    found |= {
        "rank_median": both.rank_median,
        "rank_low": both.rank_low,
        "rank_high": both.rank_high,
        "hangs_on": hangs,
    }
    scored = pd.DataFrame(found, index=pd.Index(asked.ids))
    parts = scored.reindex(result.value.index)
    parts["hangs_on"] = parts["hangs_on"].where(parts["certainty"] != "sure").astype(object)
    return parts.astype({str(name): object for name in parts if str(name).startswith("certainty")})


def _columns(parts: pd.DataFrame) -> tuple[Column, ...]:
    labels_of = {label: words(f"certainty.{label}") for label in LABELS}
    hangs = {
        key: words(f"certainty.hangs_{key}")
        for key in ("noise", "weights", "normalisation", "limits", "left_out", "ddof")
    }
    share, note = Text("%", "%"), words("certainty.note_probability")
    described = (
        Column("certainty", words("certainty.certainty"), "code", codes=labels_of, note=words("certainty.note_label")),
        Column("probability", words("certainty.probability"), "share", share, 0, note=note),
        Column("probability_noise", words("certainty.probability_noise"), "share", share, 0),
        Column("probability_choices", words("certainty.probability_choices"), "share", share, 0),
        Column("certainty_attention", words("certainty.certainty_attention"), "code", codes=labels_of),
        Column("probability_attention", words("certainty.probability_attention"), "share", share, 0),
        Column("probability_group", words("certainty.probability_group"), "share", share, 0),
        Column("rank_median", words("certainty.rank_median"), "order", digits=0),
        Column("rank_low", words("certainty.rank_low"), "order", digits=0),
        Column("rank_high", words("certainty.rank_high"), "order", digits=0, note=words("certainty.note_rank")),
        Column("hangs_on", words("certainty.hangs_on"), "code", codes=hangs, note=words("certainty.note_hangs_on")),
    )
    return tuple(column for column in described if column.key in parts)
