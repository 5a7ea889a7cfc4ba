"""Files that leave the dashboard: every export of a run, as an attachment that opens by itself."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from urllib.parse import quote

from dash import html
from dash.development.base_component import Component
from flask import Flask, Response, abort, request

from qmgis.app.address import ViewState, parse_address, settle
from qmgis.app.frame import panel
from qmgis.app.results import outcome_of
from qmgis.errors import QmgisError, UnknownKeyError, did_you_mean
from qmgis.i18n import say
from qmgis.io.kinds import Export
from qmgis.io.written.zipped import zipped
from qmgis.model import City, Lang, Outcome
from qmgis.registry import collect

__all__ = [
    "add_downloads",
    "attachment",
    "download_address",
    "download_panel",
    "exports",
    "file_of",
    "sentence",
    "state_asked",
]

# What is empty without a file beside it, and that file: both travel in one zip, under the names that they expect.
_TOGETHER = {"qgz": ("gpkg",)}


@lru_cache(maxsize=1)
def exports() -> dict[str, Export]:
    """Return every way to write, by key."""
    return collect("qmgis.io.exports", "EXPORT")


def download_address(run: str, export: str, lang: Lang) -> str:
    """Return where an export of a run is to be had.

    Examples
    --------
    >>> download_address("mss-2024", "csv", "de")
    '/download/mss-2024/csv?lang=de'
    """
    return f"/download/{quote(run, safe='')}/{quote(export, safe='')}?lang={lang}"


def download_panel(outcome: Outcome, lang: Lang) -> Component:
    """Return a link to every export of a run."""
    items = [
        html.Li(html.A(export.title.to(lang), href=download_address(outcome.run.key, key, lang), download=""))
        for key, export in exports().items()
    ]
    lead = html.P(say("app.downloads_lead", lang), className="soft small")
    return panel(say("app.downloads", lang), lead, html.Ul(items, className="downloads"))


def add_downloads(server: Flask, city: City) -> None:
    """Serve ``/download/<run>/<export>``; an error is one sentence of plain text."""

    @server.get("/download/<run>/<key>")
    def _download(run: str, key: str) -> Response:
        lang: Lang = "en" if request.args.get("lang", city.lang) == "en" else "de"
        try:
            filename, kind, content = _file(city, run, key, lang)
        except UnknownKeyError as error:
            return sentence(error.say(lang), 404)
        except QmgisError as error:
            return sentence(error.say(lang), 500)
        return attachment(content, kind, f"{city.key}-{city.runs[run].key}-{filename}")

    @server.errorhandler(404)
    def _nothing_here(_: object) -> Response:
        return sentence(say("app.nothing_here", city.lang), 404)

    @server.route("/download/")
    def _no_list() -> Response:
        abort(404)


def _known(key: str) -> Export:
    if key not in exports():
        raise UnknownKeyError(
            f'There is no export "{key}".{did_you_mean(key, exports())}',
            de=f'Es gibt keinen Export "{key}".{did_you_mean(key, exports(), lang="de")}',
        )
    return exports()[key]


def _file(city: City, run: str, key: str, lang: Lang) -> tuple[str, str, bytes]:
    """Return name, media type and content of a download."""
    return _together(key, lambda other: _content(city, run, other, lang))


def file_of(outcome: Outcome, key: str, lang: Lang) -> tuple[str, str, bytes]:
    """Return name, media type and content of an export of any outcome.

    Examples
    --------
    >>> file_of(toy_outcome(), "csv", "de")[:2]
    ('areas.csv', 'text/csv; charset=utf-8')
    """
    return _together(key, lambda other: _known(other).render(outcome, lang))


def _together(key: str, content: Callable[[str], bytes]) -> tuple[str, str, bytes]:
    """Return an export, in a zip with the files that it needs beside it."""
    export = _known(key)
    if key not in _TOGETHER:
        return export.filename, export.media_type, content(key)
    beside = {_known(other).filename: content(other) for other in _TOGETHER[key]}
    whole = zipped({export.filename: content(key), **beside})
    return f"{export.filename.split('.')[0]}_{key}.zip", "application/zip", whole


@lru_cache(maxsize=12)
def _content(city: City, run: str, key: str, lang: Lang) -> bytes:
    city.run(run)
    return _known(key).render(outcome_of(city, run), lang)


def state_asked(city: City, path: str) -> ViewState:
    """Return the view that the address of a download asks for: the page's own parameters."""
    query = request.query_string.decode("ascii", errors="replace")
    return settle(parse_address(path, f"?{query}"), city, pages=(path.strip("/"), "overview"))


def attachment(content: bytes, kind: str, name: str) -> Response:
    """Return a file as an answer that is saved, not shown, and asked for anew each time."""
    answer = Response(content, content_type=kind)
    answer.headers.set("Content-Disposition", "attachment", filename=plain_name(name))
    answer.headers["Cache-Control"] = "no-cache"
    return answer


def sentence(text: str, status: int) -> Response:
    """Return one sentence of plain text as an answer: why there is no file."""
    return Response(text + "\n", status=status, mimetype="text/plain")


def plain_name(name: str) -> str:
    """Return a file name of letters, digits, dots, dashes and underscores only."""
    return "".join(letter if letter.isascii() and (letter.isalnum() or letter in "._-") else "_" for letter in name)
