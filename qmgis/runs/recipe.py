"""How a run was made: the files that it rests on, its parameters, and whom to name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict

from qmgis import __version__
from qmgis.model import AreaResult, City, InputFile, LayerInfo, Recipe, Run, Theme, fingerprint
from qmgis.runs.programme.targeted import living_at, parameters_of
from qmgis.runs.serving import network_of, residents_of

__all__ = ["credits_of", "layers_of", "recipe_of"]


def layers_of(city: City, run: Run, index: AreaResult) -> Iterator[LayerInfo]:
    """Yield the layers that enter a run: its areas, the method's indicators, what its themes need, what maps draw."""
    themes = [city.themes[key] for key in run.themes if key in city.themes]
    used = {str(key) for key in (*index.parameters["indicators"], "population")}
    used |= {theme.need for theme in themes if theme.need}
    table = city.tables[run.vintage]
    for key in tuple(used & set(table.indicators)):
        base = table.bases.get((key, run.year))
        parts = (table.indicators[key].numerator, table.indicators[key].denominator, base.of if base else None)
        used |= {part for part in parts if part}
    drawn = city.backdrop.layers if city.backdrop else ()
    places = {theme.places for theme in themes} | {theme.candidates for theme in themes if theme.proposals}
    walked = {
        layer.key
        for theme in themes
        for layer in (residents_of(city, theme.group), network_of(city, theme.mode))
        if layer
    }
    spread = living_at(city) if city.programmes else None
    walked |= {spread.key} if spread else set()
    for layer in city.layers:
        if (
            (layer.kind == "areas" and (not layer.vintages or run.vintage in layer.vintages))
            or (layer.kind == "indicator" and layer.key in used)
            or (layer.kind == "places" and layer.key in places)
            or (layer.kind in {"residents", "network"} and layer.key in walked)
            or (layer.kind == "programme" and layer.key in city.programmes)
            or (layer.kind == "measures" and layer.key in city.registers)
            or layer.key in drawn
        ):
            yield layer


def recipe_of(city: City, run: Run, index: AreaResult, *, beside: Sequence[AreaResult] = ()) -> Recipe:
    """Return the recipe of a run: method and version, parameters and the sha256 of every input."""
    themes = [city.themes[key] for key in run.themes]
    parameters = {
        **index.parameters,
        "city": city.key,
        "run": run.key,
        "year": run.year,
        "areas": run.vintage,
        "crs": city.crs,
        "declared": dict(sorted(city.declared(run.vintage, run.year).items())),
        "secrecy": {
            "min_count": city.secrecy.min_count,
            "min_base": city.secrecy.min_base,
            "min_residents": city.secrecy.min_residents,
        },
        "beside": {result.kind: dict(result.parameters) for result in beside},
        "coverage": [_asked(city, theme) for theme in themes],
        **parameters_of(city, run),
    }
    layers = list(layers_of(city, run, index))
    files = {file for layer in layers for file in layer.files}
    said = {InputFile(f"{city.key}/{layer.key}.toml", layer.content) for layer in layers if layer.content}
    said |= {InputFile(f"{city.key}/scenarios/{key}.toml", city.scenarios[key].content) for key in run.scenarios}
    said.add(InputFile(f"{city.key}/city.toml", _city_content(city, run)))
    return Recipe(run.method, __version__, parameters, _sorted(files), _sorted(said))


def _asked(city: City, theme: Theme) -> dict[str, object]:
    """Return the question of a theme, with the fingerprint of the rules that opened its streets."""
    network = network_of(city, theme.mode)
    rules = {"rules": network.mode.content} if network is not None and network.mode.content else {}
    return {
        "theme": theme.key, "places": theme.places, "group": theme.group, "within_m": theme.within_m,
        "within_min": theme.within_min, "mode": theme.mode, "speed_kmh": theme.speed_kmh, "need": theme.need, **rules,
    }  # fmt: skip


def _sorted(files: set[InputFile]) -> tuple[InputFile, ...]:
    return tuple(sorted(files, key=lambda file: (file.path, file.sha256)))


def _city_content(city: City, run: Run) -> str:
    """Return the sha256 of what ``city.toml`` says for this run; other runs, themes and years do not count."""
    exclusions = [
        entry
        for entry in city.exclusions
        if entry.vintage == run.vintage and (not entry.years or run.year in entry.years)
    ]
    return fingerprint(
        {
            "title": asdict(city.title),
            "lang": city.lang,
            "crs": city.crs,
            "note": asdict(city.note) if city.note else None,
            "secrecy": asdict(city.secrecy),
            "exclusion": [asdict(entry) for entry in exclusions],
            "theme": [asdict(city.themes[key]) for key in run.themes],
            "run": asdict(run),
        }
    )


def credits_of(city: City, run: Run, index: AreaResult) -> tuple[str, ...]:
    """Return one line a source: credit and licence, each once."""
    lines = [
        f"{layer.credit} ({layer.licence})" if layer.licence else layer.credit
        for layer in layers_of(city, run, index)
        if layer.credit
    ]
    return tuple(dict.fromkeys(lines))
