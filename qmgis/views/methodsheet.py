"""The method sheet: how an index is made, as plain data in words; the command line and the dashboard draw it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from qmgis.i18n import keys, number, say
from qmgis.model import Block, Indicator, Lang, Outcome, Profile, Text
from qmgis.model.reading import index_column
from qmgis.model.spoken import group_title
from qmgis.views._formula import formula
from qmgis.views._section import Section
from qmgis.views._sheet_rules import rule_sections
from qmgis.views.cells import code_word

__all__ = ["MethodSheet", "Section", "method_sheet"]


@dataclass(frozen=True)
class MethodSheet:
    """The method sheet of a profile in one language."""

    key: str
    title: str
    verified: bool
    sections: tuple[Section, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the sheet as plain values, for machines."""
        return asdict(self)


@dataclass(frozen=True)
class _Asked:
    """What every section needs: language, the city's indicators, and the run, where there is one."""

    lang: Lang
    known: Mapping[str, Indicator]
    outcome: Outcome | None

    def say(self, key: str, **values: object) -> str:
        return say(f"profile.{key}", self.lang, **values)

    def named(self, key: str) -> tuple[str, ...]:
        """Return title and key of an indicator; the key alone without a city."""
        if not self.known:
            return (key,)
        return (self.known[key].title.to(self.lang) if key in self.known else key, key)

    def heads(self, *names: str) -> tuple[str, ...]:
        return tuple(self.say(f"head_{name}") for name in names)


def method_sheet(
    profile: Profile,
    lang: Lang,
    *,
    method: Text,
    indicators: Mapping[str, Indicator] | None = None,
    outcome: Outcome | None = None,
) -> MethodSheet:
    """Return the method sheet of a profile.

    Parameters
    ----------
    profile
        A shipped profile, or one of a city.
    lang
        Language of the sheet.
    method
        Title of the profile's method.
    indicators
        Titles and directions of a city's indicators; without them the keys stand for themselves.
    outcome
        A run of the profile: adds year and version of the areas, how many areas are in each class, the limits that
        rest on the city's numbers, and mean and spread of the areas that are scored.

    Examples
    --------
    >>> sheet = method_sheet(toy_profile(), "en", method=Text("MSS", "MSS"))
    >>> [section.key for section in sheet.sections][:4]
    ['profile', 'status_indicators', 'status_steps', 'status_classes']
    """
    asked = _Asked(lang, indicators or {}, outcome)
    index = None if outcome is None else outcome.index
    sections = [Section("profile", asked.say("head"), tuple(_head(profile, method, asked)))]
    for name, block in profile.blocks.items():
        title = asked.say(f"block_{name}")
        sections += [
            _indicators(name, f"{title}: {asked.say('indicators')}", block, asked),
            Section(f"{name}_steps", f"{title}: {asked.say('steps')}", tuple(_steps(name, block, asked))),
            _classes(name, f"{title}: {asked.say('classes')}", block, asked),
        ]
    if profile.rules is not None:
        sections += rule_sections(profile.rules, lang, indicators=asked.known, index=index)
    sections += [
        Section("attention", asked.say("attention"), tuple(_attention(profile, asked))),
        Section("left_out", asked.say("left_out"), tuple(_left_out(profile, asked))),
        *_reference(asked),
        Section("differences", asked.say("differences"), tuple(_differences(profile, asked))),
    ]
    return MethodSheet(profile.key, profile.title.to(lang), profile.verified, tuple(sections))


def _head(profile: Profile, method: Text, asked: _Asked) -> Iterator[tuple[str, str]]:
    yield asked.say("title"), profile.title.to(asked.lang)
    yield asked.say("key"), profile.key
    yield asked.say("method"), method.to(asked.lang)
    yield asked.say("source"), profile.source
    if asked.outcome is not None:
        yield asked.say("year"), str(asked.outcome.run.year)
        areas = asked.outcome.areas
        yield asked.say("areas"), f"{areas.title.to(asked.lang)} ({areas.vintage})"
        scored = int(asked.outcome.index.value.notna().sum())
        areas_scored = asked.say("scored", count=number(scored, asked.lang))
    else:
        areas_scored = asked.say("scored_any")
    equal = f"; {asked.say('each_equal')}" if profile.blocks else ""
    yield asked.say("reference_set"), f"{areas_scored}{equal}"


def _indicators(name: str, title: str, block: Block, asked: _Asked) -> Section:
    """Return a row an indicator: title, key, direction, domain and goalposts where there are some, weight."""
    steps, known = block.steps, asked.known
    heads = ["domain"] * bool(steps.domains) + ["goalposts"] * bool(steps.goalposts)
    rows = []
    for key in block.indicators:
        own = steps.directions[key] or (known[key].direction if key in known else 0)
        direction = asked.say({1: "more", -1: "less"}.get(own, "by_layer"))
        given = steps.weigh == "given"
        weight = _plain(steps.weights.get(key, 1.0), asked.lang) if given else asked.say(f"weight_{steps.weigh}")
        row = [*asked.named(key), direction]
        row += [_domain(steps.domains[key], block, asked)] if key in steps.domains else [""] * bool(steps.domains)
        if steps.goalposts:
            zero, one = (_plain(end, asked.lang) for end in steps.goalposts.get(key, (0.0, 1.0)))
            row.append(asked.say("goalposts", zero=zero, one=one))
        rows.append((*row, weight))
    named = asked.heads("indicator", *["key"] * bool(known), "direction", *heads, "weight")
    return Section(f"{name}_indicators", title, tuple(rows), heads=named, numbers=1)


def _domain(key: str, block: Block, asked: _Asked) -> str:
    named = block.names[key].to(asked.lang) if key in block.names else key
    return f"{named} ({_plain(block.steps.domain_weights.get(key, 1.0), asked.lang)})"


def _steps(name: str, block: Block, asked: _Asked) -> Iterator[tuple[str, str]]:
    """Yield a row a step, in the order in which they are done, then the formula in symbols."""
    steps = block.steps
    yield asked.say("values"), asked.say(f"of_{block.of}")
    for step in ("fill", "treat", "normalise", "weigh", "aggregate"):
        yield _step(step, getattr(steps, step), block, asked)
    if steps.domains:
        for step in ("domain_normalise", "domain_aggregate"):
            if (step, getattr(steps, step)) != ("domain_normalise", "none"):
                yield _step(step, getattr(steps, step), block, asked)
    yield _step("again", steps.again, block, asked)
    yield asked.say("step_constant"), asked.say(f"constant_{steps.constant}")
    yield asked.say("formula"), formula(name, block)


def _step(step: str, word: str, block: Block, asked: _Asked) -> tuple[str, str]:
    steps, table = block.steps, step.removeprefix("domain_")
    low, high = (_plain(end, asked.lang) for end in steps.to)
    values = {"low": low, "high": high, "divisor": "n - 1" if steps.ddof else "n"}
    return asked.say(f"step_{step}"), asked.say(f"{table}_{word}", **values)


def _classes(name: str, title: str, block: Block, asked: _Asked) -> Section:
    """Return a row a class: between which limits, and on which side a value exactly on a limit is.

    With a run: how many areas are in it, and of parts of equal size from where to where they reach.
    """
    seen = _seen(name, block, asked.outcome)
    rows = []
    for place, key in enumerate(block.classes):
        limits = asked.say("part", place=place + 1) if block.quantiles else _between(block, place, asked)
        row = [_class(name, key, block, asked.lang), limits]
        if seen is not None:
            inside = seen.loc[seen["class"] == key, "index"]
            row += [_reach(inside, asked)] if block.quantiles else []
            row.append(number(len(inside), asked.lang))
        rows.append(tuple(row))
    if block.flagged_from is not None:
        rest = [""] * (len(rows[0]) - 2) if rows else []
        flagged = asked.say("flagged", limit=_plain(block.flagged_from, asked.lang))
        rows.append((asked.say("flags"), flagged, *rest))
    with_run = [] if seen is None else [*["in_this_run"] * bool(block.quantiles), "areas"]
    heads = asked.heads("class", "limits", *with_run)
    return Section(f"{name}_classes", title, tuple(rows), heads=heads, numbers=len(with_run))


def _seen(name: str, block: Block, outcome: Outcome | None) -> pd.DataFrame | None:
    """Return class and index of each area as they may be shown; None without a run, or where it has no such index."""
    columns = [f"{name}_class" if name in ("status", "dynamics") else "class", ""]
    columns[1] = {"status": index_column("status"), "dynamics": index_column("dynamics")}.get(name, "index")
    if outcome is None or not set(columns) <= set(outcome.table) or not block.classes:
        return None
    seen = outcome.table[columns].set_axis(["class", "index"], axis=1)
    return seen.assign(**{"class": seen["class"].map(code_word)})


def _reach(index: pd.Series, asked: _Asked) -> str:
    """Return from where to where the index of a class reaches."""
    numbers = index.astype(float).dropna()
    if numbers.empty:
        return "–"
    low, high = (number(float(end), asked.lang, digits=2) for end in (numbers.min(), numbers.max()))
    return asked.say("reach", low=low, high=high)


def _between(block: Block, place: int, asked: _Asked) -> str:
    """Return the interval of a class in words; `owns` says to which side a limit itself belongs."""
    limits, owns = block.limits, block.owns or ("below",) * len(block.limits)
    parts = []
    if place > 0:
        own = "from" if owns[place - 1] == "above" else "over"
        parts.append(asked.say(own, limit=_plain(limits[place - 1], asked.lang)))
    if place < len(limits):
        own = "to" if owns[place] == "below" else "under"
        parts.append(asked.say(own, limit=_plain(limits[place], asked.lang)))
    return " ".join(parts)


def _left_out(profile: Profile, asked: _Asked) -> Iterator[tuple[str, str]]:
    lang = asked.lang
    if profile.min_residents:
        residents = asked.say("residents", count=number(profile.min_residents, lang), name=profile.residents)
        yield say("words.reason_too_few_residents", lang), residents
    yield say("words.reason_declared", lang), asked.say("declared")
    for name, block in profile.blocks.items():
        least = block.steps.least_weight
        word = "gap_filled" if block.steps.fill != "none" else "gap_part" if least < 1 else "gap_none"
        label = f"{say('words.reason_missing_indicator', lang)} ({asked.say(f'block_{name}')})"
        yield label, asked.say(word, share=number(100 * least, lang))


def _attention(profile: Profile, asked: _Asked) -> Iterator[tuple[str, str]]:
    if {"status", "dynamics"} <= set(profile.blocks):
        count = len(profile.blocks["status"].classes) * len(profile.blocks["dynamics"].classes)
        yield asked.say("groups"), asked.say("crossed", count=count)
    nobody = asked.say("nobody")
    yield asked.say("attention_in"), ", ".join(_word(key, profile, asked.lang) for key in profile.attention) or nobody
    yield asked.say("low_in"), ", ".join(_word(key, profile, asked.lang, "status") for key in profile.low) or nobody
    yield asked.say("read"), asked.say("signal")


def _word(key: str, profile: Profile, lang: Lang, name: str = "") -> str:
    """Return a class or group with its name."""
    if profile.rules is not None:
        return say(f"rules.class_{key}", lang)
    if name in profile.blocks:
        return _class(name, key, profile.blocks[name], lang)
    if {"status", "dynamics"} <= set(profile.blocks):
        return f"{key} ({group_title(key).to(lang)})"
    return _class("index", key, next(iter(profile.blocks.values())), lang)


def _class(name: str, key: str, block: Block, lang: Lang) -> str:
    """Return a class with its name, where the profile or the words of the field have one."""
    if key in block.names:
        named = block.names[key].to(lang)
    elif f"words.{name}_{key}" in keys():
        named = say(f"words.{name}_{key}", lang)
    else:
        return key
    return f"{key} ({named})"


def _reference(asked: _Asked) -> Iterator[Section]:
    """Yield mean and spread of each indicator over the areas that are scored, where a run has them."""
    frame = pd.DataFrame() if asked.outcome is None else asked.outcome.index.reference
    rows = []
    for key, entry in frame.to_dict("index").items():
        base = str(key).removesuffix("_change")
        known = asked.known.get(base)
        title = known.title.to(asked.lang) if known is not None else base
        title += f" – {asked.say('change')}" if base != key else ""
        factor = 100 if known is not None and known.measure == "share" else 1
        unit = ("points" if base != key else "percent") if factor == 100 else "value"
        mean, sd = (number(factor * entry[name], asked.lang, digits=2) for name in ("mean", "sd"))
        rows.append((title, asked.say(f"unit_{unit}"), mean, sd, number(entry["n"], asked.lang)))
    if rows:
        heads = asked.heads("indicator", "unit", "mean", "sd", "areas")
        yield Section("reference", asked.say("reference"), tuple(rows), heads=heads, numbers=3)


def _differences(profile: Profile, asked: _Asked) -> Iterator[tuple[str, str]]:
    """Yield how far the result is that of the source, and what qmgis puts beside it."""
    yield asked.say("state"), asked.say("verified" if profile.verified else "documented")
    if profile.note is not None:
        yield asked.say("note"), profile.note.to(asked.lang)
    yield asked.say("beside"), asked.say("beside_text")
    yield asked.say("small"), asked.say("small_text")


def _plain(value: float, lang: Lang) -> str:
    """Return a setting with the digits that it has."""
    _, _, decimals = f"{value:.6f}".rstrip("0").partition(".")
    return number(value, lang, digits=len(decimals))
