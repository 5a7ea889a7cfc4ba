"""Reading the files that layer files name: each once, columns by name, rows by ``where``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from qmgis.errors import QmgisError, did_you_mean, every_name
from qmgis.i18n import say
from qmgis.io.cells import numbers
from qmgis.io.cells.ids import with_more
from qmgis.io.declared.layerfile import FileRef, LayerFile, sources
from qmgis.io.declared.schema import Place, close
from qmgis.io.disk.dataroot import DataRoot
from qmgis.model import InputFile, Problem, Text, words

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = [
    "Level",
    "Reader",
    "capped",
    "column_of",
    "fractional",
    "identified",
    "missing_columns",
    "no_rows",
    "only",
    "placed",
    "plain",
    "repeated",
    "row_of",
    "shown",
    "told",
    "told_once",
    "unmet",
]

Level = Literal["error", "warning", "note"]
MANY = 10
FEW = 5


@dataclass
class Reader:
    """Reads the files below a data root, each file with the same options once."""

    root: DataRoot
    _read: dict[str, tuple[str, Any]] = field(default_factory=dict)
    _made: dict[str, Any] = field(default_factory=dict)

    def read(self, ref: FileRef, place: Place) -> tuple[Any, list[Problem]]:
        """Return what the source gives, or None and the reason why it cannot be read."""
        name = repr((ref.source, ref.path, sorted(ref.options.items())))
        if name not in self._read:
            try:
                source = sources()[ref.source]
                given = source.read(self.root.find(ref.path, folder=source.gives == "register"), ref.options)
            except QmgisError as error:
                given = error
            self._read[name] = (ref.path, given)
        found = self._read[name][1]
        if isinstance(found, QmgisError):
            return None, [_unread(found, ref, place)]
        return found, []

    def find(self, ref: FileRef, place: Place) -> tuple[Path | None, list[Problem]]:
        """Return the file itself, or None and the reason why it cannot be found: for what is read in parts."""
        try:
            return self.root.find(ref.path), []
        except QmgisError as error:
            return None, [_unread(error, ref, place)]

    def once(self, key: str, make: Callable[[], Any]) -> Any:
        """Return what ``make`` gives, made the first time the key is asked for: layers share files and ids."""
        if key not in self._made:
            self._made[key] = make()
        return self._made[key]

    def notes(self) -> list[Problem]:
        """Return what the sources said of the files that could be read."""
        frames = [(path, frame) for path, frame in self._read.values() if isinstance(frame, pd.DataFrame)]
        return [
            Problem(one.level, one.what, file=path, row=one.row, column=one.column, remedy=one.remedy)
            for path, frame in frames
            for one in frame.attrs.get("problems", ())
        ]

    def inputs(self, refs: Iterable[FileRef]) -> tuple[InputFile, ...]:
        """Return the fingerprints of the files that can be found."""
        found: dict[str, InputFile] = {}
        for ref in refs:
            try:
                found.update({entry.path: entry for entry in self.root.inputs(ref.path)})
            except QmgisError:
                continue
        return tuple(found[path] for path in sorted(found))


def _unread(error: QmgisError, ref: FileRef, place: Place) -> Problem:
    what = Text(error.say("de"), error.say("en"))
    path = ref.path if len(ref.path) <= 120 else ref.path[:119] + "…"
    return Problem("error", what, file=path, remedy=_named_in(place))


def _named_in(place: Place) -> Text:
    return words("check.named_in", file=place.file, row=place.row("path") or place.row() or 1)


def column_of(frame: pd.DataFrame, name: str) -> Any:
    """Return the column that a layer file means: by name, blanks at the ends and doubled blanks aside; else None."""
    if name in frame.columns:
        return name
    wanted = " ".join(name.split())
    return next((column for column in frame.columns if " ".join(str(column).split()) == wanted), None)


def missing_columns(frame: pd.DataFrame, names: Iterable[str], *, file: str, place: Place) -> list[Problem]:
    """Return a problem for each column that is named and not there, and where it is named."""
    known = [shown(column) for column in frame.columns if str(column).strip() and column != "geometry"]
    if frame.empty and not known:
        return [Problem("error", words("check.no_features"), file=file)]
    found = []
    for name in dict.fromkeys(names):
        if column_of(frame, name) is None:
            hint = Text(every_name(name, known, lang="de"), every_name(name, known))
            what, remedy = words("check.no_column", column=name, hint=hint), _named_in(place)
            found.append(Problem("error", what, file=file, column=name, remedy=remedy))
    return found


def only(frame: pd.DataFrame, where: Mapping[str, Any] | None) -> pd.DataFrame:
    """Return the rows whose cells are, or with ``not`` are not, among the values of ``where``.

    Numbers and texts that look alike are equal.

    Examples
    --------
    >>> only(pd.DataFrame({"n": ["1", "2", "3"]}), {"n": {"not": [1, 2]}})["n"].tolist()
    ['3']
    """
    for name, choice in (where or {}).items():
        wanted, keep = _choice(choice)
        kept = [(plain(cell) in wanted) is keep for cell in frame[column_of(frame, name)]]
        frame = frame.loc[np.array(kept, dtype=bool)]
    return frame


def _choice(choice: Any) -> tuple[list[str], bool]:
    """Return the values of one entry of ``where`` as text, and whether their rows are kept or left out."""
    values, keep = (choice["not"], False) if isinstance(choice, dict) else (choice, True)
    return [plain(value) for value in (values if isinstance(values, list) else [values])], keep


def unmet(frame: pd.DataFrame, where: Mapping[str, Any] | None, *, file: str, place: Place) -> list[Problem]:
    """Return a warning for each column where values of ``where`` are nowhere: mistyped, most likely."""
    found = []
    for name, choice in (where or {}).items():
        known = list(dict.fromkeys(plain(cell) for cell in frame[column_of(frame, name)]))
        lost = [value for value in _choice(choice)[0] if value not in set(known)]
        if lost:
            hint = Text(did_you_mean(lost[0], known, lang="de"), did_you_mean(lost[0], known))
            listed = ", ".join(f'"{shown(value)}"' for value in lost[:FEW])
            what = words("check.where_unmet", values=listed, hint=hint)
            found.append(Problem("warning", what, file=file, column=name, remedy=_named_in(place)))
    return found


def outlines(
    layer: LayerFile, reader: Reader, names: Iterable[str]
) -> tuple[gpd.GeoDataFrame | None, pd.DataFrame | None, list[Problem]]:
    """Return the chosen rows of a layer of outlines, all its rows, and what is wrong; None where it cannot be used.

    ``names`` are the keys of the layer file that name columns.
    """
    if layer.ref is None:
        return None, None, []
    frame, found = reader.read(layer.ref, layer.place)
    if frame is None:
        return None, None, found
    file, keys = layer.ref.path, layer.keys
    if "geometry" not in frame.columns:
        return None, None, [Problem("error", words("check.no_outlines"), file=file)]
    named = [keys[name] for name in names if name in keys]
    found += missing_columns(frame, [*named, *keys.get("where", {})], file=file, place=layer.place)
    if found:
        return None, None, found
    chosen = only(frame, keys.get("where"))
    if chosen.empty:
        return None, None, [no_rows(frame, keys.get("where"), file=file, place=layer.place)]
    return chosen, frame, unmet(frame, keys.get("where"), file=file, place=layer.place)


def no_rows(frame: pd.DataFrame, where: Mapping[str, Any] | None, *, file: str, place: Place) -> Problem:
    """Return the problem of a choice that leaves no row: which value of ``where`` is nowhere, and what there is."""
    for name, choice in (where or {}).items():
        known = list(dict.fromkeys(plain(cell) for cell in frame[column_of(frame, name)]))
        asked, keep = _choice(choice)
        if keep and not set(asked) & set(known):
            listed = ", ".join(f'"{shown(value)}"' for value in known[:FEW]) + (", …" if len(known) > FEW else "")
            hint = close(asked[0], known)
            wanted = ", ".join(f'"{shown(value)}"' for value in asked[:FEW])
            what = words("check.where_nowhere", asked=wanted, known=listed, hint=hint)
            return Problem("error", what, file=file, column=name, remedy=_named_in(place))
    return Problem("error", words("check.no_rows"), file=file, remedy=_named_in(place))


def shown(text: object) -> str:
    r"""Return a value of a file for a message: short, and free of what a terminal would obey.

    Examples
    --------
    >>> shown("Am\x1b[31m Markt")
    'Am?[31m Markt'
    """
    clean = "".join(sign if sign.isprintable() else "?" for sign in str(text))
    return clean if len(clean) <= 60 else clean[:59] + "…"


def plain(cell: object) -> str:
    """Return a cell as text: nothing where it is empty, whole numbers without a point."""
    if cell is None or (isinstance(cell, float) and cell != cell):
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def identified(
    frame: pd.DataFrame, column: str, *, digits: int | None, file: str
) -> tuple[pd.Series[str], list[Problem]]:
    """Return the ids of the rows that have one (index: the frame's), filled with leading zeros to ``digits``."""
    own = column_of(frame, column)
    without = frame[frame[own].map(_is_blank).astype(bool)]
    blank = without.index[without.drop(columns="geometry", errors="ignore").map(_is_blank).all(axis=1).astype(bool)]
    kept = frame.loc[~frame.index.isin(blank), own] if len(blank) else frame[own]
    texts, found = numbers.as_ids(kept, width=digits)
    return texts.dropna().astype(str), placed(found, file=file, column=column)


def _is_blank(cell: object) -> bool:
    return not plain(cell)


def placed(problems: Iterable[Problem], *, file: str, column: str) -> list[Problem]:
    """Return the problems with file and column filled in where they lack them."""
    return [
        Problem(one.level, one.what, file=one.file or file, row=one.row, column=one.column or column, remedy=one.remedy)
        for one in problems
    ]


def told(values: pd.Series, level: Level, key: str, *, file: str, column: str) -> list[Problem]:
    """Return one problem for all rows with the same fault: the first value, and how many more; none without rows.

    ``key`` names the sentence, ``key_fix`` its remedy; numbers are printed with the decimal mark of each language.
    """
    if values.empty:
        return []
    first = values.iloc[0]
    en = shown(first) if isinstance(first, str) else f"{first:.10g}"
    de = en if isinstance(first, str) else en.replace(".", ",")
    one = Text(say(key, "de", value=de), say(key, "en", value=en))
    places = [(row, "") for row in values.index]
    return [
        Problem(level, with_more(one, places), file=file, row=row_of(values.index[0]), column=column,
                remedy=words(f"{key}_fix"))
    ]  # fmt: skip


def told_once(problems: Iterable[Problem]) -> list[Problem]:
    """Return the problems without repetition; of those that differ in their remedy alone, one and how many more.

    A note on the same thing that is met again in another row of its file, as long tables do, is told once.
    """
    alike: dict[Problem, list[Problem]] = {}
    noted: dict[Problem, Problem] = {}
    once = [noted.setdefault(replace(one, row=None), one) if one.level == "note" else one for one in problems]
    for one in dict.fromkeys(once):
        alike.setdefault(replace(one, remedy=Text("", "")), []).append(one)
    found = []
    for same in alike.values():
        first, more = same[0], words("check.named_too", n=len(same) - 1)
        remedy = Text(f"{first.remedy.de} {more.de}", f"{first.remedy.en} {more.en}")
        found.append(first if len(same) == 1 else replace(first, remedy=remedy))
    return found


def fractional(values: pd.Series[float], *, file: str, column: str) -> list[Problem]:
    """Return a warning where most numbers of people or things are no whole numbers: shares, most likely."""
    known = values.dropna()
    broken = known[known != known.round()]
    if 2 * len(broken) <= len(known):
        return []
    first = f"{broken.iloc[0]:.10g}"
    what = words("check.fractional", n=len(broken), all=len(known), value=Text(first.replace(".", ","), first))
    remedy = words("check.fractional_fix")
    return [Problem("warning", what, file=file, row=row_of(broken.index[0]), column=column, remedy=remedy)]


def repeated(ids: pd.Series[str], remedy: str, *, file: str, column: str) -> list[Problem]:
    """Return one error for all rows whose id stands in an earlier row; none where every id is unique."""
    again = ids[ids.duplicated()]
    if again.empty:
        return []
    value, row = again.iloc[0], again.index[0]
    one = words("check.duplicate_id", id=shown(value), first=ids.index[ids == value][0])
    what = with_more(one, [(place, "") for place in again.index])
    return [Problem("error", what, file=file, row=row_of(row), column=column, remedy=words(remedy))]


def row_of(label: object) -> int | None:
    """Return a frame's label as a row for people."""
    return int(str(label)) if str(label).isdigit() else None


def capped(problems: Sequence[Problem], *, file: str) -> list[Problem]:
    """Return the first problems of many alike, and one that counts the rest."""
    if len(problems) <= MANY:
        return list(problems)
    rest = Problem(problems[0].level, words("check.and_more", n=len(problems) - MANY), file=file)
    return [*problems[:MANY], rest]
