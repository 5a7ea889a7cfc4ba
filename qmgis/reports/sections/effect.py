"""What changed in a programme area since it started, beside areas like it: every share, with interval and checks."""

from __future__ import annotations

from qmgis.effect import Answer, points
from qmgis.i18n import number, percent, say
from qmgis.model import Lang
from qmgis.reports._material import Material
from qmgis.reports._profile import Section, Table
from qmgis.reports._sections import Maker

__all__ = ["SECTION"]


def _make(material: Material) -> Section | None:
    answers, lang = material.effects, material.lang
    if not answers:
        return None
    compared = [one for one in answers if one.kind != "none"]
    common = [text.to(lang) for text in answers[0].sentences if all(text in one.sentences for one in answers)]
    if not compared:
        return Section("effect", say("reports.effect", lang), sentences=(" ".join(common),))
    points = tuple(f"{_titled(one, lang)}: {_own(one, common, lang)}" for one in compared if one.kind == "design")
    return Section(
        "effect", say("reports.effect", lang), tables=(_table(compared, lang),), points=points,
        remarks=(_checks(compared, lang), *([" ".join(common)] if common else []), say("effect.weighing", lang)),
    )  # fmt: skip


def _titled(one: Answer, lang: Lang) -> str:
    """Return the title of the share; of a placebo outcome with the word for it."""
    title = one.title.to(lang)
    return f"{title} ({say('effect.placebo', lang)})" if one.placebo else title


def _own(one: Answer, common: list[str], lang: Lang) -> str:
    """Return what is said of one share alone; who it is of and what changed stand in the table."""
    return " ".join(text.to(lang) for text in one.sentences[2:] if text.to(lang) not in common)


def _table(answers: list[Answer], lang: Lang) -> Table:
    names = ("figure", "before", "since", "change_here", "change_others", "change_city", "difference", "detectable")
    heads = tuple(say(f"reports.head_{name}", lang) for name in names)
    first = answers[0]
    people = "–" if first.people is None else number(first.people, lang)
    caption = say("reports.table_effect", lang, start=first.start, treated=number(first.treated, lang), people=people,
                  others=number(max(one.others for one in answers), lang))  # fmt: skip
    return Table(caption, heads, tuple(_row(one, lang) for one in answers), numbers=len(heads) - 1)


def _row(one: Answer, lang: Lang) -> tuple[str, ...]:
    changes, found = one.changes.astype(float).to_dict("index"), one.estimate
    difference = detectable = "–"
    if found is not None:
        difference = f"{points(found.value).to(lang)} ({points(found.low).to(lang)} – {points(found.high).to(lang)})"
        detectable = points(found.detectable, sign=False).to(lang)
    area = changes["area"]
    return (
        _titled(one, lang), percent(area["before"], lang), percent(area["after"], lang),
        points(area["change"]).to(lang), points(changes["comparison"]["change"]).to(lang),
        points(changes["city"]["change"]).to(lang), difference, detectable,
    )  # fmt: skip


def _checks(answers: list[Answer], lang: Lang) -> str:
    """Return every check with how it went; where it is not the same for all shares, for how many it is passed."""
    said = []
    for check in answers[0].checks:
        passed = [one for answer in answers for one in answer.checks if one.key == check.key and one.passed]
        name = say(f"effect.name_{check.key}", lang)
        if 0 < len(passed) < len(answers):
            word = say("reports.check_some", lang, n=number(len(passed), lang), of=number(len(answers), lang))
        else:
            word = say("effect.passed" if passed else "effect.failed", lang)
        said.append(f"{name}: {word}")
    return say("reports.checks", lang, checks="; ".join(said))


SECTION = Maker("effect", 35, _make)
