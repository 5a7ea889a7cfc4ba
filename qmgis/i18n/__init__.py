"""Words and numbers for people: German first, English complete.

Texts live beside this file, one TOML a room: ``app.toml`` holds ``[legend_title]`` with ``de`` and ``en``; its key is
``app.legend_title``.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from qmgis.errors import UnknownKeyError, did_you_mean

__all__ = ["euros", "keys", "number", "percent", "say"]

_GERMAN_MARKS = str.maketrans(",.", ".,")


@cache
def _room(room: str) -> dict[str, dict[str, str]]:
    file = files(__name__).joinpath(f"{room}.toml")
    return tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}


def keys() -> tuple[str, ...]:
    """Return every text's key, sorted."""
    rooms = sorted(file.name[:-5] for file in files(__name__).iterdir() if file.name.endswith(".toml"))
    return tuple(f"{room}.{key}" for room in rooms for key in sorted(_room(room)))


def say(key: str, lang: str, **values: object) -> str:
    """Return a text in one language, its ``{places}`` filled in.

    Parameters
    ----------
    key
        ``room.name``, such as ``"app.overview"``.
    lang
        ``"de"`` or ``"en"``.
    values
        What to put into the text's places. Where ``n`` is one and there is a text ``<key>_one``, that is taken.

    Raises
    ------
    UnknownKeyError
        If there is no such text.

    Examples
    --------
    >>> say("words.area", "de"), say("words.area", "en")
    ('Gebiet', 'Area')
    >>> say("cli.areas_on", "de", city="A", n=1, on="heute"), say("cli.areas_on", "de", city="A", n=2, on="heute")
    ('A: 1 Fördergebiet am heute.', 'A: 2 Fördergebiete am heute.')
    """
    room, _, name = key.partition(".")
    texts = _room(room)
    is_one = str(values.get("n")) == "1" and f"{name}_one" in texts
    entry = texts.get(f"{name}_one" if is_one else name)
    if entry is None:
        raise UnknownKeyError(
            f'There is no text "{key}".{did_you_mean(name, _room(room))}',
            de=f'Es gibt keinen Text "{key}".{did_you_mean(name, _room(room), lang="de")}',
        )
    text = entry["de" if lang == "de" else "en"]
    return text.format(**values) if values else text


def number(value: float | None, lang: str, *, digits: int = 0, sign: bool = False) -> str:
    """Return a number as people write it: 1.234,5 in German, 1,234.5 in English; an en dash where it is missing.

    Examples
    --------
    >>> number(1234.5, "de", digits=1), number(1234.5, "en", digits=1), number(None, "de")
    ('1.234,5', '1,234.5', '–')
    >>> number(0.25, "de", digits=1, sign=True), number(-0.04, "de", digits=1)
    ('+0,3', '0,0')
    """
    if value is None or value != value:
        return "–"
    value = float(value)
    text = _half_up(abs(value), digits)
    is_zero = not text.strip("0.,")
    if lang == "de":
        text = text.translate(_GERMAN_MARKS)
    prefix = "" if is_zero else "-" if value < 0 else "+" if sign else ""
    return prefix + text


def euros(cents: object, lang: str) -> str:
    """Return an amount of whole cents in euros, without a sign; an en dash where it is missing.

    Examples
    --------
    >>> euros(123456, "de"), euros(123456, "en"), euros(None, "de")
    ('1.234,56', '1,234.56', '–')
    """
    try:
        whole = int(cents)  # type: ignore[call-overload]
    except (TypeError, ValueError):
        return "–"
    return number(whole / 100, lang, digits=2)


def percent(share: float | None, lang: str, *, digits: int = 1) -> str:
    """Return a share (0-1) as percent.

    Examples
    --------
    >>> percent(0.125, "de"), percent(0.125, "en")
    ('12,5 %', '12.5%')
    """
    if share is None or share != share:
        return "–"
    return number(100 * share, lang, digits=digits) + (" %" if lang == "de" else "%")


def _half_up(value: float, digits: int) -> str:
    """Return a number from 0 as text, rounded as people do at school (0.25 to 0.3), free of binary surprises.

    Python rounds the binary number; that is the same unless the number as people write it ends in the 5 to be dropped.
    """
    _, _, decimals = repr(value).partition(".")
    if (len(decimals) == digits + 1 and decimals[-1] == "5") or "e-" in decimals:
        from decimal import ROUND_HALF_UP, Decimal

        exact = Decimal(repr(value)).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
        return f"{float(exact):,.{digits}f}"
    return f"{value:,.{digits}f}"
