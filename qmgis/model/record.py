"""What is known of one programme area on a day: the noun that checks, balances and readiness are laid on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import pandas as pd

from qmgis.errors import DataError
from qmgis.model.register import REGISTER_TABLES, codes_in, register_table
from qmgis.model.text import Text

if TYPE_CHECKING:
    from qmgis.model.funds import FundRule
    from qmgis.model.programme import ProgrammeStatus

__all__ = ["AreaRecord", "Office", "filled", "register_tables"]


@dataclass(frozen=True)
class Office:
    """Where a place is, and who reaches it on foot: ``share`` of the area's residents (0-1), None where not known."""

    name: str
    inside: bool
    share: float | None = None


@dataclass(frozen=True, eq=False)
class AreaRecord:
    """What is known of one programme area on a day.

    Parameters
    ----------
    area, name, programme, status
        The id; how it is called; of which programme; the status of the layer, or None.
    on
        The day; nothing later enters.
    events
        `qmgis.lifecycle.history` of the area up to the day.
    outlined
        Whether the layer has an outline that held on the day or before.
    phase, begun, until, ended
        How it stands on the day.
    deadlines
        `qmgis.lifecycle.deadlines` of the area on the day.
    tables
        The register's tables by name, only rows of this area, columns of `REGISTER_TABLES`. A measure of several areas
        is there whole, with all of its costs.
    kept
        The names of the tables that the register has any row in, of whatever area: where a table is kept, no row is an
        answer; where it is not, nothing is known.
    editions
        The years with data at unit level, ascending.
    reports
        One row a report (run), index ``year``: ``lowest_share`` (of the residents who live in areas of the lowest
        class), ``main_class`` (1 the most favourable, the class in which most residents live), ``classes`` (how many
        there are), ``gap`` (index less the city's, weighted by residents), ``negative_share``.
    supplies
        One row a theme, index its key: ``inside`` and ``city``: shares of the group who have a place in reach;
        ``reached`` and ``not_reached`` where they are counted: how many of it inside, in steps.
    office
        The site office, where its place is known.
    anchors
        The anchor places of which the place is known, by id.
    numbers
        Area, residents and the like, by name: for the extract.
    organisations
        Names of all organisations of the register, by id: a successor may be at home elsewhere.
    titles
        What themes, indicators and sources of money are called, by key.
    fund_rules
        The rules of funds that the city knows, beside what the rows of its funds say themselves.
    shared
        The costs with what falls to this area of measures of several; None where no measure is of several.
    """

    area: str
    name: str
    on: date
    programme: str = ""
    status: ProgrammeStatus | None = None
    events: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=["date", "event", "body", "legal_basis"]))
    outlined: bool = False
    phase: str = "P0"
    begun: date | None = None
    until: date | None = None
    ended: date | None = None
    deadlines: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=["rule", "limit", "state"]))
    tables: Mapping[str, pd.DataFrame] = field(default_factory=lambda: register_tables({}))
    kept: frozenset[str] = frozenset()
    editions: tuple[int, ...] = ()
    reports: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(
        columns=["lowest_share", "main_class", "classes", "gap", "negative_share"], dtype=float))  # fmt: skip
    supplies: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=["inside", "city"], dtype=float))
    office: Office | None = None
    anchors: Mapping[str, Office] = field(default_factory=dict)
    numbers: Mapping[str, float] = field(default_factory=dict)
    organisations: Mapping[str, str] = field(default_factory=dict)
    titles: Mapping[str, Text] = field(default_factory=dict)
    fund_rules: tuple[FundRule, ...] = ()
    shared: pd.DataFrame | None = None

    @property
    def costs(self) -> pd.DataFrame:
        """The costs that fall to this area: those of measures of several areas divided."""
        return self.tables["costs"] if self.shared is None else self.shared

    def title(self, key: str) -> Text:
        """Return what a theme, indicator or source of money is called; its key where nothing else is known.

        Examples
        --------
        >>> AreaRecord("QM-01", "Ost", date(2024, 1, 1)).title("kita").de
        'kita'
        """
        return self.titles.get(key, Text(key, key))

    @property
    def limit_on(self) -> date | None:
        """The day of the longest term or the agreed end, whichever comes first; None where neither is known."""
        days = pd.to_datetime(self.deadlines.loc[self.deadlines["rule"].isin(["term", "agreed"]), "limit"]).dropna()
        return days.min().date() if len(days) else None

    def event(self, *kinds: str) -> date | None:
        """Return the day of the last event of some kinds, or None.

        Examples
        --------
        >>> AreaRecord("QM-01", "Ost", date(2024, 1, 1)).event("end") is None
        True
        """
        rows = self.events[self.events["event"].isin(kinds)]
        return pd.Timestamp(rows["date"].max()).date() if len(rows) else None

    def __post_init__(self) -> None:
        lacking = [f"{name}.{column}" for name, columns in REGISTER_TABLES.items() for column in columns
                   if name not in self.tables or column not in self.tables[name]]  # fmt: skip
        if lacking:
            raise DataError(
                f'The record of "{self.area}" lacks {", ".join(lacking[:5])}; make its tables with register_tables.',
                de=f'In der Akte von "{self.area}" fehlt {", ".join(lacking[:5])}; die Tabellen mit register_tables '
                "bilden.",
            )


def register_tables(tables: Mapping[str, pd.DataFrame], area: str | None = None) -> dict[str, pd.DataFrame]:
    """Return the tables of a register with every column; only rows of one area if named.

    Costs belong to an area by their measure, grants by their fund; an organisation without an area to all. A measure
    of several areas is in each of them, whole.

    Examples
    --------
    >>> funds = pd.DataFrame({"fund": ["F1", "F2"], "area": ["QM-01", "QM-02"]})
    >>> found = register_tables({"funds": funds}, "QM-01")
    >>> found["funds"]["fund"].tolist(), len(found["measures"])
    (['F1'], 0)
    """
    whole = {name: register_table(name, tables.get(name)) for name in REGISTER_TABLES}
    if area is None:
        return whole
    own = {
        name: frame[frame["area"].astype(object).eq(area)] if "area" in REGISTER_TABLES[name] else frame
        for name, frame in whole.items()
    }
    named = [area in codes_in(cell) for cell in whole["measures"]["area"]]
    own["measures"] = whole["measures"][pd.Series(named, whole["measures"].index, dtype=bool)]
    everywhere = whole["organisations"]["area"].isna()
    own["organisations"] = whole["organisations"][everywhere | whole["organisations"]["area"].astype(object).eq(area)]
    own["costs"] = whole["costs"][whole["costs"]["measure"].isin(own["measures"]["measure"])]
    own["grants"] = whole["grants"][whole["grants"]["fund"].isin(own["funds"]["fund"])]
    return {name: frame.reset_index(drop=True) for name, frame in own.items()}


def filled(column: pd.Series) -> pd.Series:
    """Return where a column of texts says anything.

    Examples
    --------
    >>> filled(pd.Series(["a", "", None])).tolist()
    [True, False, False]
    """
    return column.map(lambda value: isinstance(value, str) and bool(value.strip())).astype(bool)
