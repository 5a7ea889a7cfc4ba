"""Arguments and options that several commands have, and how their values are read and said."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Optional

import typer

from qmgis.i18n import say

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "CityArg", "DataOption", "DayOption", "JsonOption", "Lang", "LangOption", "OneArea", "day_asked", "day_said",
    "plain_rows",
]  # fmt: skip

Lang = Literal["de", "en"]
CityArg = Annotated[Path, typer.Argument(metavar="CITY", help="Folder of the city, such as layers/musterstadt.")]
DayOption = Annotated[Optional[str], typer.Option("--on", metavar="DATE", help="Day, as 2024-12-31; default: today.")]  # noqa: UP045
DataOption = Annotated[Optional[Path], typer.Option("--data", metavar="DIR", help="Data root that goes first.")]  # noqa: UP045
LangOption = Annotated[Optional[Lang], typer.Option("--lang", help="Language: de or en; default: the city's.")]  # noqa: UP045
JsonOption = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]
OneArea = Annotated[Optional[str], typer.Option("--area", metavar="ID", help="One programme area; default: all.")]  # noqa: UP045


def day_asked(word: str | None) -> date:
    """Return the day asked for, or today.

    Raises
    ------
    DataError
        It is none.

    Examples
    --------
    >>> day_asked("2024-12-31").isoformat()
    '2024-12-31'
    """
    if word is None:
        return datetime.now().astimezone().date()
    from qmgis.errors import DataError
    from qmgis.io.cells.meaning import day_of

    try:
        return day_of(word.strip(), last=True)
    except ValueError:
        raise DataError(say("cli.bad_day", "en", value=word), de=say("cli.bad_day", "de", value=word)) from None


def day_said(day: date, lang: str) -> str:
    """Return a day as people write it.

    Examples
    --------
    >>> day_said(date(2024, 12, 31), "de")
    '31.12.2024'
    """
    from qmgis.model.text import day_text

    return day_text(day).to("en" if lang == "en" else "de")


def plain_rows(frame: pd.DataFrame) -> list[dict[Any, Any]]:
    """Return rows as plain values for JSON: days as text, nothing where something is missing.

    Examples
    --------
    >>> import pandas as pd
    >>> plain_rows(pd.DataFrame({"on": [pd.Timestamp("2024-01-01"), pd.NaT], "n": [1.5, None]}))
    [{'on': '2024-01-01', 'n': 1.5}, {'on': None, 'n': None}]
    """
    texts = frame.copy()
    for name in texts.select_dtypes("datetime"):
        texts[name] = texts[name].dt.strftime("%Y-%m-%d")
    whole = texts.astype(object)
    rows: list[dict[Any, Any]] = whole.where(whole.notna(), None).to_dict("records")
    return rows
