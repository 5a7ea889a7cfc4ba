"""``dossiers.json``: why each flagged and nearly flagged area of a run is classed so, as data and as a summary."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any

from qmgis.errors import QmgisError
from qmgis.explanation import Change, Explanation, IndexFact, explain_each, nearly_flagged
from qmgis.model import LANGS, City, Outcome
from qmgis.runs.compute import definitions_of
from qmgis.runs.recipe import recipe_of
from qmgis.runs.steps import area_layer, score, table_on
from qmgis.runs.table import outcome_table
from qmgis.views.summary import summary_text

__all__ = ["DOSSIERS", "dossiers_json", "editions_of"]

DOSSIERS = "dossiers.json"
# What is the same for every area stands once, at the top.
SHARED = ("city", "run", "title", "method", "recipe", "year", "vintage", "breaks", "relative", "tolerance")


def editions_of(city: City) -> tuple[Outcome, ...]:
    """Return every run of a city with its index only: quick, and enough to see an area over all editions.

    A run that cannot be computed is not among them.

    Examples
    --------
    >>> [one.run.key for one in editions_of(toy_city())]
    ['mss-2024', 'mss-2022']
    """
    found = []
    for key in city.runs:
        try:
            found.append(_index_only(city, key))
        except QmgisError:
            continue
    return tuple(found)


def _index_only(city: City, key: str) -> Outcome:
    run = replace(city.run(key), themes=())
    areas = area_layer(city, vintage=run.vintage)
    index = score(city, method=run.method, year=run.year, areas=run.vintage)
    table, columns = outcome_table(city, areas, index, {}, {}, run=run)
    return Outcome(
        city=city.key,
        city_title=city.title,
        run=run,
        areas=areas,
        index=index,
        coverage={},
        priority={},
        themes={},
        places={},
        table=table,
        columns=columns,
        recipe=recipe_of(city, run, index),
        credits=(),
        definitions=definitions_of(city, areas, index),
        change_years=table_on(city, areas).change_years,
    )


def dossiers_json(outcome: Outcome, editions: Sequence[Outcome] = ()) -> bytes:
    """Return what a run says about each flagged and nearly flagged area; equal for two runs of one recipe.

    Parameters
    ----------
    outcome
        A run.
    editions
        The runs of the city, as `editions_of` gives them, to see areas over time.

    Examples
    --------
    >>> made = json.loads(dossiers_json(toy_outcome()))
    >>> made["flagged"], made["areas"][0]["summary"]["en"][:27]
    (2, 'Gebiet 18 (area 01010205) b')
    """
    near = nearly_flagged(outcome)
    flagged = _flagged(outcome)
    wanted = {*flagged, *near}
    said = explain_each(outcome, [str(a) for a in outcome.table.index if a in wanted], editions=editions)
    content: dict[str, Any] = {
        "city": outcome.city,
        "run": outcome.run.key,
        "title": _plain(outcome.run.title),
        "method": _plain(outcome.index.title),
        "recipe": outcome.recipe.id,
        "year": outcome.run.year,
        "vintage": outcome.areas.vintage,
        "flagged": len(flagged),
        "nearly_flagged": len(near),
        "editions": [{"run": one.run.key, "recipe_of_index": one.recipe.id} for one in editions],
        "areas": [_area(one) for one in said.values()],
    }
    first = next(iter(said.values()), None)
    if first is not None:
        content |= {name: _plain(getattr(first, name)) for name in ("breaks", "relative", "tolerance")}
    return (json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()


def _flagged(outcome: Outcome) -> list[str]:
    if "attention" not in outcome.table:
        return []
    flags = outcome.table["attention"].fillna(False).astype(bool)
    return [str(area) for area in outcome.table.index[flags]]


def _area(said: Explanation) -> dict[str, Any]:
    """Return one area: its own facts, changes below the class that they reach, and the summary in both languages."""
    found = {name: _plain(value) for name, value in _items(said) if name not in (*SHARED, "indices", "changes")}
    found["indices"] = [_index(one, said.changes) for one in said.indices]
    found["summary"] = {lang: summary_text(said, lang) for lang in LANGS}
    return found


def _index(index: IndexFact, changes: Sequence[Change]) -> dict[str, Any]:
    steps = []
    for step in index.steps:
        own = [one for one in changes if one.step == step]
        kept = [{name: _plain(value) for name, value in _items(one) if name not in _OF_STEP} for one in own]
        steps.append({**_plain(step), "changes": kept})
    return {**_plain(index), "steps": steps}


_OF_STEP = ("step", "title", "unit", "kind")  # what stands beside the indicator already


def _items(one: Any) -> list[tuple[str, Any]]:
    return [(field.name, getattr(one, field.name)) for field in fields(one)]


def _plain(value: Any) -> Any:
    """Return facts as JSON has them: records as objects, missing numbers as null."""
    if is_dataclass(value):
        return {name: _plain(own) for name, own in _items(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(own) for key, own in value.items()}
    return [_plain(own) for own in value] if isinstance(value, tuple) else value
