"""Sentences of an answer, by the ten rules of METHODS 11.4."""

from __future__ import annotations

import pandas as pd

from qmgis.core.effect.did import Estimate
from qmgis.effect._answer import Answer
from qmgis.effect._checks import FEWEST_OTHERS
from qmgis.effect._panel import Panel
from qmgis.effect._parts import parts_of
from qmgis.i18n import number, percent
from qmgis.model import LANGS, Text, words

__all__ = ["ENOUGH_YEARS", "sentences"]

ENOUGH_YEARS = 4


def sentences(panel: Panel, answer: Answer, *, always: bool = False) -> tuple[Text, ...]:
    """Return what a reader has to know of an answer, in order; no sentence says what brought a change about.

    ``always``: the programme area started before the first edition.
    """
    said = _limits(panel, answer, always=always)
    if answer.kind == "none":
        return tuple(said)
    told: list[Text | None] = [_who(answer), _changed(answer), *said]
    if answer.placebo:
        told.append(words("effect.is_placebo"))
    told += _of_design(answer) if answer.kind == "design" else _of_description(answer)
    told += [_extreme(answer), _breaks(panel, answer), words("effect.outcomes", count=len(panel.measured))]
    return tuple(one for one in told if one is not None)


def _limits(panel: Panel, answer: Answer, *, always: bool) -> list[Text]:
    """Return one clear sentence for each thing that stands in the way."""
    said = []
    checks = {one.key: one for one in answer.checks}
    if answer.kind == "none":
        return [words(f"effect.{_obstacle(panel, answer, always=always)}")]
    failed = [one.text for one in answer.checks if not one.passed]
    if failed:
        said.append(words("effect.why_not", failed=_joined(failed, " ")))
    if answer.start is not None and panel.years.index(answer.start) == 1 and not checks["before"].passed:
        said.append(words("effect.one_before"))
    if answer.others < FEWEST_OTHERS:
        said.append(words("effect.few_others"))
    if _years(panel, answer) < ENOUGH_YEARS:
        said.append(words("effect.short"))
    return said


def _obstacle(panel: Panel, answer: Answer, *, always: bool) -> str:
    """Return the key of the sentence that says why there is nothing to compare."""
    parts = parts_of(panel, answer)
    if not parts.eq("possible").any():
        return "nowhere_else"
    if always:
        return "always"
    own = panel.units["role"].eq("treated") & ~parts.isin(["elsewhere", "late"])
    if not own.any():
        return "not_started"
    return "gaps_only" if parts[own].isin(["gaps", "divided"]).all() else "gaps_others"


def _years(panel: Panel, answer: Answer) -> float:
    """Return how many years lie between the earliest start and the last edition."""
    units = panel.units
    inside = (units["role"] == "treated") & ((units["programme"] == answer.scope) | (answer.scope == "all"))
    begun = units.loc[inside, "start"].min()
    return float((pd.Timestamp(panel.years[-1], 12, 31) - begun).days / 365.25)


def _who(answer: Answer) -> Text:
    people = Text(*(number(answer.people, lang) for lang in LANGS))
    return words(
        "effect.who", title=answer.title, treated=answer.treated, programmes=answer.programmes, people=people,
        start=answer.start,
    )  # fmt: skip


def _changed(answer: Answer) -> Text:
    rows = _rows(answer.changes)
    own, others = rows["area"], rows["comparison"]
    return words(
        "effect.changed", before=_percent(own["before"]), after=_percent(own["after"]), change=points(own["change"]),
        others=answer.others, other_before=_percent(others["before"]), other=points(others["change"]),
        city=points(rows["city"]["change"]),
    )  # fmt: skip


def _rows(frame: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Return a table as plain numbers, by row and column."""
    plain = frame.astype(float)
    return {str(name): {str(key): float(value) for key, value in row.items()} for name, row in plain.iterrows()}


def _of_design(answer: Answer) -> list[Text | None]:
    found = answer.estimate
    if found is None:
        return []
    told = "differs" if answer.differs else "no_difference" if answer.stands else "shaken"
    dated = answer.placebo_date
    return [
        words("effect.without", others=answer.others),
        _interval("effect.difference", found),
        words(f"effect.{told}"),
        words("effect.detectable", size=points(found.detectable, sign=False)),
        _pretrend(answer),
        None if dated is None else _interval("effect.placebo_date", dated),
        None if answer.unusual is None else words("effect.placebo_areas", share=_percent(answer.unusual)),
        _rings(answer),
        _moved(answer),
    ]


def _of_description(answer: Answer) -> list[Text | None]:
    found = answer.estimate
    said: list[Text | None] = [words("effect.without_descriptive", others=answer.others)]
    if found is not None and answer.unusual is not None:
        said += [
            _interval("effect.few", found),
            words("effect.unusual", others=answer.others, share=_percent(answer.unusual)),
            words("effect.detectable", size=points(found.detectable, sign=False)),
        ]
    if "overlap" in answer.failed or "before" in answer.failed:
        said.append(words("effect.unlike"))
    if answer.synthetic:
        one = answer.synthetic
        said.append(words("effect.synthetic", donors=int(one["donors"]), gap=points(one["gap"]), p=_plain(one["p"])))
    return [*said, words("effect.moved_unknown")]


def _pretrend(answer: Answer) -> Text | None:
    found = answer.pretrend
    if found is None:
        return None
    verdict = "unknown" if found.p != found.p else "moved" if found.p < 0.05 else "calm"
    return words("effect.pretrend", steps=found.steps, p=_plain(found.p), verdict=words(f"effect.pretrend_{verdict}"))


def _extreme(answer: Answer) -> Text | None:
    row = _rows(answer.changes)["extreme"]
    if row["areas"] < FEWEST_OTHERS or row["change"] != row["change"]:
        return None
    return words("effect.extreme", areas=int(row["areas"]), change=points(row["change"]))


def _rings(answer: Answer) -> Text | None:
    if answer.rings.empty:
        return None
    said = []
    for row in _rows(answer.rings).values():
        ends = {"low": f"{row['low_m']:.0f}", "high": f"{row['high_m']:.0f}"}
        if row["value"] != row["value"]:
            said.append(words("effect.ring_few", **ends))
        else:
            said.append(words("effect.ring", **ends, value=points(row["value"]), from_=points(row["low"]),
                              to=points(row["high"]), areas=int(row["areas"])))  # fmt: skip
    return words("effect.rings", rings=_joined(said, "; "))


def _moved(answer: Answer) -> Text:
    found = answer.moved
    if found is None:
        return words("effect.moved_unknown")
    return _interval("effect.moved", found)


def _breaks(panel: Panel, answer: Answer) -> Text:
    known = panel.measured[answer.key].breaks
    return words("effect.breaks", breaks=_joined(known, " ")) if known else words("effect.no_breaks")


def _interval(key: str, found: Estimate) -> Text:
    return words(key, value=points(found.value), low=points(found.low), high=points(found.high))


def points(value: float, *, sign: bool = True) -> Text:
    """Return a difference of shares in percentage points.

    Examples
    --------
    >>> points(-0.0123).de, points(0.02, sign=False).en
    ('-1,2', '2.0')
    """
    if value != value:
        return Text("–", "–")
    return Text(*(number(100 * value, lang, digits=1, sign=sign) if abs(value) < 10 else "∞" for lang in LANGS))


def _percent(value: float) -> Text:
    return Text(*(percent(value, lang) for lang in LANGS))


def _plain(value: float) -> Text:
    return Text(*(number(value, lang, digits=2) for lang in LANGS))


def _joined(texts: list[Text] | tuple[Text, ...], between: str) -> Text:
    return Text(*(between.join(one.to(lang) for one in texts) for lang in LANGS))
