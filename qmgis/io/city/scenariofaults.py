"""Do scenarios and runs fit together? What a run asks has to be there, and to touch one of its themes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from qmgis.io.declared.layerfile import CityFile
from qmgis.io.declared.schema import Place, close
from qmgis.model import Problem, Scenario, words

__all__ = ["scenario_faults"]


def scenario_faults(city: CityFile, scenarios: Mapping[str, Scenario], folder: Path) -> Iterator[Problem]:
    """Return the scenarios that runs name and the folder does not have, and those that no run can answer.

    A scenario whose file has faults of its own counts as there.
    """
    there = {file.stem for file in (folder / "scenarios").glob("*.toml")}
    places = {theme["id"]: theme["places"] for theme in city.themes}
    asked: set[str] = set()
    for order, run in enumerate(city.runs):
        place = Place(city.place.file, city.place.text, "run", order)
        for key in run.get("scenarios", ()):
            asked.add(key)
            if key not in there:
                what = words("check.no_scenario", name=key, hint=close(key, there))
                yield Problem("error", what, file=place.file, row=place.row("scenarios"))
            elif key in scenarios and not answered(scenarios[key], run.get("coverage", ()), places):
                what = words("check.scenario_idle", name=key, run=run["id"])
                yield Problem("error", what, file=place.file, row=place.row("scenarios"))
    for key in sorted(set(scenarios) - asked):
        yield Problem("note", words("check.scenario_unasked", name=key), file=f"scenarios/{key}.toml")


def answered(scenario: Scenario, themes: list[str] | tuple[str, ...], places: Mapping[str, str]) -> bool:
    """Tell whether a scenario changes anything for one of the themes; ``places`` is the layer of each theme.

    Examples
    --------
    >>> answered(Scenario("a", words("words.name"), closed={"b": ((0, 0), (1, 1))}), ["kita"], {"kita": "kita"})
    True
    """
    return any(
        (not scenario.themes or theme in scenario.themes) and scenario.touches(places[theme])
        for theme in themes
        if theme in places
    )
