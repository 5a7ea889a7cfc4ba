"""The address is the state: a view can be shared, cited, and gone back to."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlencode

from qmgis.model import City, Lang
from qmgis.runs.years.editions import default_run

__all__ = ["HOME", "VALUE", "ViewState", "format_address", "parse_address", "settle", "split_address"]

HOME = "overview"
LONGEST = 120
MOST_CODES = 40
MOST_CHANGES = 12
SINGLE = (
    "run",
    "mode",
    "area",
    "second",
    "places",
    "group",
    "within",
    "way",
    "outlines",
    "sites",
    "edit",
    "year",
    "cause",
    "pick",
    "fit",
    "units",
    "day",
    "by",
    "amount",
    "quarter",
    "field",
    "status",
    "kind",
)
LISTS = {
    "rule": "rules",
    "include": "include",
    "exclude": "exclude",
    "own": "own",
    "file": "files",
}  # as the address says, as here
MOST_CORNERS = 60
VALUE = "__VALUE__"  # stands in an address for what the browser fills in
MOST_NAMED = 120  # rules, or units of a list


@dataclass(frozen=True)
class ViewState:
    """What is on the screen; empty fields stand for the city's own choice.

    ``mode`` is what the map shows, ``only`` the class codes that the map and the table are filtered by. ``second`` is
    what the run is compared with (``run.<key>`` or ``profile.<key>``), ``tried`` the weights and limits that are tried
    (``status.weights.transfer:2``). ``places``, ``group``, ``within`` and ``way`` ask who reaches what, ``outlines``
    draws from where, ``sites`` asks for proposals, ``edit`` says what a click on the map does, and ``changed`` are the
    places that a scenario adds, moves and closes, in their order. ``year`` is the one that is shown of a series, and
    ``cause`` the one that changes are filtered by. ``rules`` are those that proposals for an area keep
    (``min_residents:2500``), ``include``, ``exclude`` and ``own`` areas that they have to hold, that stay out, and that
    make an outline of one's own; ``pick`` is the place or the proposal that is looked at (``B``, ``B2``).
    ``corners`` are those of drawn outlines, in their order (``1:53.1,10.2``), ``files`` the words of uploaded ones, and
    ``fit`` says whether the lines themselves are counted (``exact``) or whole units, and ``units`` what proposals are
    made of: areas, or units of the city by key. ``day`` is the day that programme areas are looked at on.
    ``by`` groups the balance and ``amount`` is its money; ``quarter`` (a programme area), ``field``, ``status`` and
    ``kind`` choose measures of the register.
    """

    page: str = HOME
    run: str = ""
    mode: str = ""
    area: str = ""
    only: tuple[str, ...] = ()
    lang: str = ""
    second: str = ""
    tried: tuple[str, ...] = ()
    places: str = ""
    group: str = ""
    within: str = ""
    way: str = ""
    outlines: str = ""
    sites: str = ""
    edit: str = ""
    changed: tuple[str, ...] = ()
    year: str = ""
    cause: str = ""
    pick: str = ""
    rules: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    fit: str = ""
    units: str = ""
    day: str = ""
    corners: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    by: str = ""
    amount: str = ""
    quarter: str = ""
    field: str = ""
    status: str = ""
    kind: str = ""


def parse_address(path: str, search: str) -> ViewState:
    """Return the view that an address asks for; what is unknown, too long or broken is left at its default.

    Examples
    --------
    >>> parse_address("/area", "?area=01100101&lang=en") == ViewState(page="area", area="01100101", lang="en")
    True
    >>> parse_address("/", "?only=4-&only=4%2B&unknown=1").only
    ('4+', '4-')
    """
    asked = _asked(search)
    page = _clean(unquote(path.strip("/"), errors="replace"))
    first = {key: next(iter(asked.get(key, [])), "") for key in (*SINGLE, "lang")}
    codes, tried = (tuple(sorted(set(asked.get(key, [])) - {""}))[:MOST_CODES] for key in ("only", "set"))
    changed = tuple(dict.fromkeys(one for one in asked.get("change", []) if one))[: MOST_CHANGES + 1]
    corners = tuple(one for one in asked.get("corner", []) if one)[: MOST_CORNERS + 1]
    fields: dict[str, Any] = {**first, "corners": corners, **{name: _listed(asked, key) for key, name in LISTS.items()}}
    return ViewState(page=page or HOME, only=codes, tried=tried, changed=changed, **fields)


def format_address(state: ViewState) -> str:
    """Return the address of a view; `parse_address` gives the same view back.

    Examples
    --------
    >>> format_address(ViewState(page="area", area="0110 01", lang="en"))
    '/area?area=0110%2001&lang=en'
    >>> format_address(ViewState(only=("4+/-",)))
    '/?only=4%2B%2F-'
    """
    path = "/" if state.page == HOME else "/" + quote(state.page, safe="")
    single = [(key, getattr(state, key)) for key in SINGLE]
    several = [*(("only", code) for code in state.only), *(("set", one) for one in state.tried)]
    several += [("change", one) for one in state.changed]
    several += [("corner", one) for one in state.corners]
    several += [(key, one) for key, name in LISTS.items() for one in getattr(state, name)]
    pairs = [*single, *several, ("lang", state.lang)]
    query = urlencode([(key, value) for key, value in pairs if value], quote_via=quote, safe="")
    return f"{path}?{query}" if query else path


def split_address(address: str) -> tuple[str, str]:
    """Return path and query of an address that `format_address` made.

    Examples
    --------
    >>> split_address("/area?area=1"), split_address("/")
    (('/area', '?area=1'), ('/', ''))
    """
    path, mark, query = address.partition("?")
    return path, mark + query


def settle(state: ViewState, city: City, *, pages: Collection[str]) -> ViewState:
    """Return the view with page, run and language that exist; what does not exist falls back."""
    page = state.page if state.page in pages else HOME
    run = state.run if state.run in city.runs else default_run(city)
    lang: Lang = "en" if (state.lang or city.lang) == "en" else "de"
    return replace(state, page=page, run=run, lang=lang)


def _listed(asked: Mapping[str, list[str]], key: str) -> tuple[str, ...]:
    """Return the words of a list, each once, and one more than a list may have where there are too many."""
    return tuple(sorted(set(asked.get(key, [])) - {""}))[: MOST_NAMED + 1]


def _asked(search: str) -> dict[str, list[str]]:
    try:
        fields = parse_qs(search.removeprefix("?"), errors="replace", max_num_fields=500)
    except ValueError:
        return {}
    return {key: [_clean(value) for value in values] for key, values in fields.items()}


def _clean(value: str) -> str:
    """Return a word as it is, or nothing where it cannot be one of ours."""
    return value if len(value) <= LONGEST and value.isprintable() else ""
