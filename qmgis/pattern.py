"""How the index lies in space: where high values stand together, low ones, or one against its neighbours."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from qmgis.core.pattern.autocorrelation import moran
from qmgis.core.pattern.local import local_moran
from qmgis.core.spatial.neighbours import queen
from qmgis.errors import VintageError
from qmgis.i18n import number
from qmgis.model import AreaLayer, AreaResult, Column, Text, words
from qmgis.scoring import as_seen

__all__ = ["PATTERNS", "pattern", "sentence"]

# From what says least to what is most pressing.
PATTERNS: Mapping[str, str] = {
    "no neighbours": "no_neighbours", "none": "not_significant", "LL": "low_low", "LH": "low_high", "HL": "high_low",
    "HH": "high_high",
}  # fmt: skip
LEAST = 30


def pattern(areas: AreaLayer, result: AreaResult, *, permutations: int = 9999, seed: int = 0) -> AreaResult | None:
    """Return where high and low values of an index cluster (local Moran's I); None for fewer than 30 scored areas.

    Neighbours share a border or a corner; islands are linked to the nearest area. Two-sided conditional permutation;
    the false discovery rate is held at 5 %. Where small counts hide the index of an area, the mean of its class stands
    for it: the pseudo p-values of its neighbours would give it away.

    Parameters
    ----------
    areas
        The areas of the result's version.
    result
        An index.
    permutations, seed
        Same seed, same result.

    Returns
    -------
    AreaResult
        Index as in ``result``; ``label`` one of the values of `PATTERNS`; ``value`` the pseudo p-value. ``parameters``
        hold the global Moran's I.

    Raises
    ------
    VintageError
        The areas are of another version than the result.

    References
    ----------
    Anselin, Geographical Analysis 27, 1995; Benjamini and Hochberg, JRSS B 57, 1995.

    Examples
    --------
    >>> pattern(toy_areas(), toy_outcome().index) is None  # 27 areas are too few for a test
    True
    """
    if areas.vintage != result.vintage:
        raise VintageError(
            f'The index is for the areas "{result.vintage}", not "{areas.vintage}"; take the areas of its version.',
            de=f'Der Index gilt für die Gebiete "{result.vintage}", nicht "{areas.vintage}"; die Gebiete seiner '
            "Fassung nehmen.",
        )
    scored, veiled = as_seen(result)
    if len(scored) < LEAST or scored.nunique() < 2:
        return None
    near = queen(areas.frame.geometry.loc[scored.index])
    found = local_moran(scored, near, permutations=permutations, seed=seed).table
    whole = moran(scored, near, permutations=999, seed=seed)
    parts = pd.DataFrame({"pattern": found["cluster"].map(PATTERNS).astype(object), "pattern_p": found["p"]})
    parts = parts.reindex(result.value.index)
    islands = len(near.linked)
    told = {"pattern.warning_islands": islands, "pattern.warning_veiled": veiled}
    warnings = tuple(words(key, count=count) for key, count in told.items() if count)
    return AreaResult(
        kind="pattern",
        key=f"{result.key}_pattern",
        title=words("pattern.title", of=result.title),
        value=parts["pattern_p"].rename(None),
        label=pd.Series(pd.Categorical(parts["pattern"], [*PATTERNS.values()], ordered=True), index=parts.index),
        parts=parts,
        columns=_columns(),
        left_out=result.left_out,
        vintage=result.vintage,
        year=result.year,
        parameters={"neighbours": "queen", "permutations": permutations, "seed": seed, "correction": "fdr 0.05",
                    "moran_i": round(float(whole.statistic), 6), "moran_p": float(whole.p)},
        warnings=warnings,
        credits=result.credits,
    )  # fmt: skip


def sentence(found: AreaResult) -> Text:
    """Return in one sentence whether neighbours are alike.

    Examples
    --------
    >>> from dataclasses import replace
    >>> made = replace(toy_outcome().index, parameters={"moran_i": 0.41, "moran_p": 0.001})
    >>> print(sentence(made).en)
    Neighbouring areas are alike (Moran's I 0.41, pseudo p 0.001).
    """
    strength, chance = float(found.parameters["moran_i"]), float(found.parameters["moran_p"])
    key = "chance" if chance >= 0.05 else "alike" if strength > 0 else "unlike"
    values = {
        name: Text(number(value, "de", digits=digits), number(value, "en", digits=digits))
        for name, value, digits in (("moran", strength, 2), ("p", chance, 3))
    }
    return words(f"pattern.sentence_{key}", **values)


def _columns() -> tuple[Column, ...]:
    codes = {name: words(f"pattern.{name}") for name in PATTERNS.values()}
    return (
        Column("pattern", words("pattern.pattern"), "code", codes=codes, note=words("pattern.note")),
        Column("pattern_p", words("pattern.p"), "number", digits=4, note=words("pattern.note_p")),
    )
