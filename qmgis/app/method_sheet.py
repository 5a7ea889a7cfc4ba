"""How an index was made, step by step in words: the part of the page "data and method" that depends on the profile."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import html
from dash.development.base_component import Component

from qmgis.app.chart import data_table
from qmgis.i18n import number, say
from qmgis.io.profiles import profiles
from qmgis.model import City, Lang, Outcome, Profile
from qmgis.model.reading import block_of, blocks_of, domain_columns, index_column, short_title
from qmgis.views.cells import column_of

__all__ = ["about", "limits_in_words", "own_index"]


def about(city: City, outcome: Outcome, lang: Lang) -> dict[str, str]:
    """Return whether a profile is verified, and its note; nothing for a method without profile."""
    profile = _profile(city, outcome)
    if profile is None:
        return {}
    known = {
        say("app.method_checked", lang): say(
            "app.method_verified" if profile.verified else "app.method_documented", lang
        )
    }
    if profile.note is not None:
        known[say("app.layer_note", lang)] = profile.note.to(lang)
    return known


def _profile(city: City, outcome: Outcome) -> Profile | None:
    return {**profiles(), **city.profiles}.get(outcome.run.method)


def limits_in_words(outcome: Outcome, lang: Lang) -> str:
    """Return the class limits of each index with its unit; a dash where there are none."""
    said = []
    for block in blocks_of(outcome):
        limits = outcome.index.limits.get(block, ())
        column = column_of(outcome, index_column(block))
        signed = min(limits, default=0.0) < 0
        shown = " | ".join(number(limit, lang, digits=2, sign=signed) for limit in limits)
        said += [f"{column.title.to(lang)}: {shown} {column.unit.to(lang)}".strip()] if limits else []
    return "; ".join(said) or "–"


def own_index(city: City, outcome: Outcome, lang: Lang) -> list[Component]:
    """Return steps, classes and indicators of an index of its own; nothing for status and dynamics."""
    block = outcome.index.parameters.get("blocks", {}).get("index")
    if block is None or block_of("index") not in blocks_of(outcome):
        return []
    return [
        html.H3(say("app.steps_title", lang)),
        html.Ol([html.Li(step) for step in _steps(block, lang)]),
        html.H3(say("app.own_classes", lang)),
        _classes(outcome, block, lang),
        html.P(_attention(outcome, lang)),
        html.H3(say("app.own_indicators", lang)),
        _indicators(city, outcome, block, lang),
    ]


def _steps(block: Mapping[str, Any], lang: Lang) -> list[str]:
    """Return what is done to the indicators, in its order; steps that do nothing are left out."""
    has_domains = bool(block["domains"])
    found = [say(f"app.of_{block['of']}", lang)]
    found += [say(f"app.fill_{block['fill']}", lang)] if block["fill"] != "none" else []
    found += [say("app.treat_outliers", lang)] if block["treat"] != "none" else []
    low, high = (number(end, lang) for end in block["to"])
    found.append(say(f"app.normalise_{block['normalise']}", lang, low=low, high=high))
    found.append(say(f"app.weigh_{block['weigh']}", lang))
    found.append(say(f"app.aggregate_{block['aggregate']}", lang, of=say("app.of_indicators", lang)))
    if has_domains:
        found[-1] = f"{say('app.inside_domains', lang)} {found[-1]}"
        if block["domain_normalise"] != "none":
            normalised = say(f"app.normalise_{block['domain_normalise']}", lang, low=low, high=high)
            found.append(f"{say('app.over_domains', lang)} {normalised}")
        whole = say(f"app.aggregate_{block['domain_aggregate']}", lang, of=say("app.of_domains", lang))
        found.append(f"{say('app.over_domains', lang)} {whole}")
    if block["least_weight"] < 1:
        found.append(say("app.least_weight", lang, share=number(100 * block["least_weight"], lang)))
    return [*found, say(f"app.again_{block['again']}", lang)]


def _classes(outcome: Outcome, block: Mapping[str, Any], lang: Lang) -> Component:
    """Return each class with its limits and which of the two it owns, or that classes are parts of equal size."""
    names = column_of(outcome, "class").codes
    titles = [names[code].to(lang) if code in names else code for code in block["classes"]]
    if block["quantiles"]:
        text = say("app.parts", lang, count=number(block["quantiles"], lang), first=titles[0], last=titles[-1])
        return html.P(text)
    limits, owns = block["limits"], block["owns"] or ["below"] * len(block["limits"])
    rows = []
    for place, title in enumerate(titles):
        parts = []
        if place:
            key = "app.from_limit" if owns[place - 1] == "above" else "app.above_limit"
            parts.append(say(key, lang, limit=_exact(limits[place - 1], lang)))
        if place < len(limits):
            key = "app.to_limit" if owns[place] == "below" else "app.below_limit"
            parts.append(say(key, lang, limit=_exact(limits[place], lang)))
        rows.append([title, ", ".join(parts)])
    return data_table([say("app.own_class", lang), say("app.own_limits", lang)], rows)


def _exact(value: float, lang: Lang) -> str:
    digits = next((places for places in (1, 2, 3) if round(value, places) == round(value, 6)), 4)
    return number(value, lang, digits=digits)


def _attention(outcome: Outcome, lang: Lang) -> str:
    names = column_of(outcome, "class").codes
    loud = [str(code) for code in outcome.recipe.parameters.get("attention", ())]
    if not loud:
        return say("app.attention_none", lang)
    shown = ", ".join(f"„{names[c].de}“" if lang == "de" else f"“{names[c].en}”" for c in loud if c in names)
    return say("app.attention_rule", lang, classes=shown or ", ".join(loud))


def _indicators(city: City, outcome: Outcome, block: Mapping[str, Any], lang: Lang) -> Component:
    """Return indicator, domain, direction and weight, and the weights of the domains."""
    described = {column.key: column for column in outcome.columns}
    layers = city.tables[outcome.run.vintage].indicators
    domains = {c.key.removeprefix("domain_"): short_title(outcome, c).to(lang) for c in domain_columns(outcome)}
    is_found = block["weigh"] != "given"
    rows = []
    for key, own in block["directions"].items():
        title = next((described[f"{role}_{key}"].title.to(lang) for role in ("value", "change")
                      if f"{role}_{key}" in described), key)  # fmt: skip
        direction = own or (layers[key].direction if key in layers else 0)
        weight = say("app.weight_found", lang) if is_found else _weight(block["weights"].get(key, 1.0), lang)
        inside = block["domains"].get(key, "")
        of = [f"{domains.get(inside, inside)} ({_weight(block['domain_weights'].get(inside, 1.0), lang)})"]
        rows.append([title, say(f"app.direction_{direction}", lang), weight, *(of if block["domains"] else [])])
    heads = ["why_indicator", "own_direction", "own_weight", *(["own_domain"] if block["domains"] else [])]
    return data_table([say(f"app.{head}", lang) for head in heads], rows)


def _weight(value: float, lang: Lang) -> str:
    return _exact(float(value), lang) if not float(value).is_integer() else number(value, lang)
