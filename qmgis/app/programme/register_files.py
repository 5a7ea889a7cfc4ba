"""Files of the register's pages: the plan of a programme area or of all, the balance, the funds."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, Response, abort, request

from qmgis.app.downloads import attachment, sentence
from qmgis.errors import NotEnoughDataError, QmgisError
from qmgis.i18n import say
from qmgis.model import City, Lang
from qmgis.runs.programme.balance_files import balance_files, plan_file

__all__ = ["add_register_files"]

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
Made = tuple[str, str, bytes]


def add_register_files(server: Flask, city: City) -> None:
    """Serve ``/download/register/<kind>``; an error is one sentence of plain text."""

    @server.get("/download/register/<kind>")
    def _register_download(kind: str) -> Response:
        if kind not in _MAKERS:
            abort(404)
        lang: Lang = "en" if request.args.get("lang", city.lang) == "en" else "de"
        area = request.args.get("quarter", "")[:120] or None
        try:
            name, media, content = _MAKERS[kind](city, area, lang)
        except QmgisError as error:
            return sentence(error.say(lang), 400)
        return attachment(content, media, f"{city.key}-{name}")


def _plan(city: City, area: str | None, lang: Lang) -> Made:
    return f"cost_plan{_of(area)}.xlsx", XLSX, plan_file(city, area, lang)


def _plan_csv(city: City, area: str | None, lang: Lang) -> Made:
    return f"cost_plan{_of(area)}.csv", CSV, plan_file(city, area, lang, to="csv")


def _of(area: str | None) -> str:
    return f"-{area}" if area else ""


def _made(name: str) -> Callable[[City, str | None, Lang], Made]:
    def make(city: City, _: str | None, lang: Lang) -> Made:
        files = balance_files(city, lang)
        if name not in files:
            raise NotEnoughDataError(say("balance.no_funds", "en"), de=say("balance.no_funds", "de"))
        return name, CSV, files[name]

    return make


_MAKERS: dict[str, Callable[[City, str | None, Lang], Made]] = {
    "plan": _plan, "plan_csv": _plan_csv, "balance": _made("balance.csv"), "balance_de": _made("balance_de.csv"),
    "funds": _made("funds_de.csv"),
}  # fmt: skip
