"""One area in a few plain sentences, to be copied: fixed templates, hedged, without any order of areas."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from qmgis.explanation import SMALL, Change, Edition, Explanation, IndexFact, IndicatorFact, Named
from qmgis.i18n import number, percent, say
from qmgis.model import Lang
from qmgis.views._limits import in_words, limit_words, moved_words, nearest_step

__all__ = ["coded", "sentences", "summary_text"]

STRONGEST = 3


def summary_text(said: Explanation, lang: Lang) -> str:
    """Return what a run says about an area in a few plain sentences.

    Parameters
    ----------
    said
        As `qmgis.explanation.explain` gives it.
    lang
        ``"de"`` or ``"en"``.

    Returns
    -------
    str
        One paragraph without line breaks; 6 to 12 sentences where the area is scored. The last says that classes are a
        comparison and a reason to look closer, no verdict.

    Examples
    --------
    >>> from qmgis.explanation import explain
    >>> text = summary_text(explain(toy_outcome(), "01010405"), "en")
    >>> text.startswith("Gebiet 30 (area 01010405)"), "suggests" in text
    (True, True)
    """
    return " ".join(sentences(said, lang))


def sentences(said: Explanation, lang: Lang) -> tuple[str, ...]:
    """Return the sentences of the summary, in their order."""
    found = [
        *_class(said, lang),
        *_certainty(said, lang),
        *_values(said, lang),
        *_limit(said, lang),
        *_editions(said, lang),
        *_around(said, lang),
        *_programme(said, lang),
        *_caveats(said, lang),
        say("summary.end", lang),
    ]
    return tuple(" ".join(one.split()) for one in found)


def coded(group: Named, lang: Lang) -> str:
    """Return a class in words, with its code where that is a group of status and dynamics.

    Examples
    --------
    >>> from qmgis.model import Text
    >>> coded(Named("4-", Text("sehr niedrig / negativ", "very low / negative")), "en")
    '4- (very low / negative)'
    """
    word = group.title.to(lang)
    return f"{group.code} ({word})" if group.code.endswith(("+", "-")) else word


def _class(said: Explanation, lang: Lang) -> Iterator[str]:
    head = {"name": said.name, "area": said.area, "run": said.title.to(lang), "year": said.year}
    if said.group is None:
        reason = say(f"words.reason_{said.left_out or 'missing_indicator'}", lang)
        yield say("summary.left_out", lang, **head, reason=reason)
        yield say("summary.left_out_so", lang)
        return
    labels = {index.block: index.label.title.to(lang) for index in said.indices}
    if "dynamics" in labels:
        both = {"status": labels["status"], "dynamics": labels["dynamics"]}
        yield say("summary.rated", lang, **head, group=said.group.code, **both)
    else:
        yield say("summary.rated_class", lang, **head, group=said.group.title.to(lang), method=said.method.to(lang))
    if said.attention is not None:
        yield say(f"summary.{'attention' if said.attention else 'nearly' if said.nearly else 'calm'}", lang)


def _inside(index: IndexFact, lang: Lang) -> str:
    """Return the name of an index as it stands within a sentence."""
    title = index.title.to(lang)
    return title if lang == "de" else title[:1].lower() + title[1:]


def _certainty(said: Explanation, lang: Lang) -> Iterator[str]:
    sure = said.certainty
    if sure is None or not said.indices:
        return
    words = {"index": _inside(said.indices[0], lang), "label": sure.label.title.to(lang)}
    if sure.probability is None:
        yield say("summary.certainty_label", lang, **words)
        return
    words["probability"] = percent(sure.probability, lang, digits=0)
    if sure.hangs_on is None:
        yield say("summary.certainty", lang, **words)
    else:
        yield say("summary.certainty_hangs", lang, **words, choice=sure.hangs_on.title.to(lang))


def _values(said: Explanation, lang: Lang) -> Iterator[str]:
    """Yield the indicators that weigh most in each index, beside their means; or that they are not shown."""
    if "not_shown" in said.caveats:
        yield say("summary.not_shown", lang)
    blocks = [index.block for index in said.indices]
    title = _inside(said.indices[0], lang) if said.indices else ""
    is_whole = bool(blocks) and "not_shown" not in said.caveats  # else nobody knows what weighs most
    values = _strongest([one for one in said.indicators if one.value is not None], "contribution")
    items = [_item(one, one.value, one.mean, lang) for one in values]
    own = "contribution_change" if "dynamics" in blocks else "contribution"
    moved = _strongest([one for one in said.indicators if one.change is not None], own)
    changes = [_item(one, one.change, one.mean_change, lang, is_change=True) for one in moved]
    if items or changes:
        shown = ", ".join(items or changes)
        yield say("summary.values" if is_whole else "summary.known", lang, index=title, items=shown)
    if changes and is_whole and "dynamics" in blocks:
        yield say("summary.changes", lang, items=", ".join(changes))


def _strongest(indicators: Sequence[IndicatorFact], part: str) -> list[IndicatorFact]:
    """Return those that lift or lower the index most; where nothing adds up, the first."""
    return sorted(indicators, key=lambda one: -abs(getattr(one, part) or 0.0))[:STRONGEST]


def _item(one: IndicatorFact, value: float | None, mean: float | None, lang: Lang, *, is_change: bool = False) -> str:
    shown, beside = (in_words(one, number, lang, is_change=is_change) for number in (value, mean))
    return say("summary.item" if mean is not None else "summary.item_alone", lang,
               title=one.title.to(lang), value=shown, mean=beside)  # fmt: skip


def _limit(said: Explanation, lang: Lang) -> Iterator[str]:
    """Yield how far the nearest limit is, and the change of one indicator that could move the class."""
    known = [(abs(index.distance), index) for index in said.indices if index.distance is not None]
    if not known:
        return
    index = min(known, key=lambda pair: pair[0])[1]
    step = nearest_step(index)
    if step is None:
        return
    words = {"title": _inside(index, lang), "other": step.to.title.to(lang), **limit_words(index, step, lang)}
    change = _easiest(said, index)
    key = "above" if step.way == "less" else "below"
    if change is None:
        yield say(f"summary.limit_{key}", lang, **words)
        return
    moved = moved_words(change, lang)
    way = "lower" if (change.size or 0.0) < 0 else "higher"
    so = say(f"summary.if_{change.of}_{way}", lang, indicator=moved["title"], size=moved["size"])
    yield say(f"summary.limit_{key}_if", lang, **words, so=so)


def _easiest(said: Explanation, index: IndexFact) -> Change | None:
    """Return the change that is possible of the indicator that weighs most in the index."""
    step = nearest_step(index)
    parts = {one.key: one for one in said.indicators}
    part = "contribution_change" if index.block == "dynamics" else "contribution"
    possible = [one for one in said.changes if one.step == step and one.size is not None]
    return max(possible, key=lambda one: abs(getattr(parts[one.indicator], part) or 0.0), default=None)


def _editions(said: Explanation, lang: Lang) -> Iterator[str]:
    others = [one for one in said.editions if one.run != said.run]
    if not others:
        return
    items = "; ".join(_edition(one, lang) for one in others)
    kinds = dict.fromkeys(kind for one in said.breaks for kind in one.kinds)
    if kinds:
        changed = ", ".join(say(f"summary.changed_{kind}", lang) for kind in kinds)
        yield say("summary.editions_breaks", lang, items=items, changed=changed)
    else:
        yield say("summary.editions", lang, items=items)


def _edition(one: Edition, lang: Lang) -> str:
    if one.group is not None:
        key = "edition_outline" if one.note == "other_vintage" else "edition"
        return say(f"summary.{key}", lang, year=one.year, group=coded(one.group, lang))
    if one.note in ("absent", "other_name"):
        return say("summary.edition_other", lang, year=one.year)
    return say("summary.edition_none", lang, year=one.year)


def _around(said: Explanation, lang: Lang) -> Iterator[str]:
    count = number(len(said.neighbours), lang)
    flagged = sum(bool(one.attention) for one in said.neighbours)
    if not said.neighbours:
        yield say("summary.alone", lang)
    elif any(one.attention is not None for one in said.neighbours):
        key = "neighbours_no" if not flagged else "neighbours"
        yield say(f"summary.{key}", lang, count=count, flagged=number(flagged, lang))
    else:
        yield say("summary.neighbours_only", lang, count=count)
    if said.group is None:
        return
    if not said.compared:
        yield say("summary.similar_unknown", lang)
        return
    tolerance = number(said.tolerance, lang, digits=1)
    names = ", ".join(f"{one.name} ({number(one.distance, lang, digits=2)})" for one in said.similar)
    yield say("summary.similar" if names else "summary.similar_none", lang, tolerance=tolerance, names=names)


def _programme(said: Explanation, lang: Lang) -> Iterator[str]:
    one = said.programme
    if one is None:
        return
    status = one.status.title.to(lang)
    if one.share and one.basis is not None:
        share = percent(one.share, lang, digits=0)
        yield say(f"summary.programme_{one.basis.code}", lang, share=share, names=one.names or status)
    else:
        yield say("summary.programme", lang, status=f"{status} ({one.names})" if one.names else status)


def _caveats(said: Explanation, lang: Lang) -> Iterator[str]:
    known = ("approximate", "few_residents", "weak_shares", "near_limit", "borderline", "improved_but_negative",
             "straight_line", "incomplete_places")  # fmt: skip
    told = {"limit": number(SMALL, lang), "names": ", ".join(one.to(lang) for one in said.weak)}
    items = [say(f"summary.caveat_{code}", lang, **told) for code in said.caveats if code in known]
    if items:
        yield say("summary.caveats", lang, items="; ".join(items))
