"""What the data can say about a quality standard: evidence for a talk, never a level."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import pandas as pd

from qmgis.model import Text, words
from qmgis.model.record import AreaRecord, filled
from qmgis.model.text import count_text

__all__ = ["HINTS"]

NOTHING = Text("", "")


def _share(key: str, flags: pd.Series) -> Text:
    if flags.empty:
        return NOTHING
    return words(f"quality.{key}", n=count_text(int(flags.sum())), of=count_text(len(flags)))


def proposed(record: AreaRecord) -> Text:
    """Q01: measures that residents proposed."""
    origin = record.tables["measures"]["origin"]
    known = origin[filled(origin)]
    return _share("hint_origin", known.eq("residents"))


def bodies(record: AreaRecord) -> Text:
    """Q02: bodies with a majority of residents."""
    rows = record.tables["bodies"].dropna(subset=["members", "residents"])
    return _share("hint_bodies", 2 * rows["residents"] > rows["members"])


def actors(record: AreaRecord) -> Text:
    """Q03 and Q06: organisations in the register."""
    rows = record.tables["organisations"]
    now = rows[~(rows["until"] <= pd.Timestamp(record.on))]
    if now.empty:
        return NOTHING
    return words(
        "quality.hint_actors", n=count_text(now["organisation"].nunique()), types=count_text(now["type"].nunique())
    )


def across_groups(record: AreaRecord) -> Text:
    """Q04: measures with two or more target groups."""
    return _share("hint_groups", record.tables["measures"]["target_groups"].map(lambda codes: _length(codes) > 1))


def across_fields(record: AreaRecord) -> Text:
    """Q05: measures with two or more fields."""
    return _share("hint_fields", record.tables["measures"]["other_fields"].map(lambda codes: _length(codes) > 0))


def _length(codes: object) -> int:
    if isinstance(codes, str):
        return len([one for one in codes.split(",") if one.strip()])
    return len(codes) if isinstance(codes, tuple | list) else 0


HINTS: Mapping[str, Callable[[AreaRecord], Text]] = MappingProxyType({
    "Q01": proposed, "Q02": bodies, "Q03": actors, "Q04": across_groups, "Q05": across_fields, "Q06": actors,
})  # fmt: skip
