"""The commands of ``qmgis``; everything heavy is imported inside them."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from qmgis import __version__
from qmgis.cli import areas, balance, crosswalk, effect, profile, programme, register, report, show
from qmgis.cli.options import CityArg, DataOption, JsonOption, Lang, LangOption
from qmgis.i18n import say

if TYPE_CHECKING:
    from qmgis.model import City

PortOption = Annotated[int, typer.Option("--port", min=1, max=65535, help="Port of the dashboard.")]

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="The open workbench for neighbourhood management: need, coverage and priority areas on a map.",
)

app.add_typer(profile.app, name="profile")
app.add_typer(register.app, name="register")
app.command("areas")(areas.areas)
app.command("locate")(areas.locate)
app.command("quality")(programme.quality)
app.command("readiness")(programme.readiness)
app.command("report")(report.report)
app.command("balance")(balance.balance)
app.command("plan")(balance.plan)
app.command("crosswalk")(crosswalk.crosswalk)
app.command("effect")(effect.effect)


@app.callback()
def _root(
    version: Annotated[bool, typer.Option("--version", help="Show the version and exit.", is_eager=True)] = False,
) -> None:
    if version:
        show.line(__version__)
        raise typer.Exit


@app.command()
def demo(
    *,
    port: PortOption = 8050,
    no_open: Annotated[bool, typer.Option("--no-open", help="Do not open a browser.")] = False,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Compute everything, then stop.")] = False,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the results.")] = Path("out"),
    lang: LangOption = None,
) -> None:
    """Build Musterstadt if needed, run everything, serve the dashboard."""
    with show.errors(lang):
        from qmgis.runs.demo import demo_city

        city = demo_city(tell=show.told(lang))
        _write(city, out, None, lang)
        if not no_serve:
            _serve(city, port, open_page=not no_open)


@app.command()
def new(folder: Annotated[Path, typer.Argument(metavar="DIR")], *, lang: LangOption = None) -> None:
    """Make a commented city folder to start from."""
    with show.errors(lang):
        from qmgis.io.city.newcity import new_city

        made = new_city(folder, lang=lang or "de")
        show.line(say("cli.new_done", lang or "de", folder=made))


@app.command()
def check(city: CityArg, *, data: DataOption = None, as_json: JsonOption = False, lang: LangOption = None) -> None:
    """Validate layers and data: every problem with file, row, column and remedy; exit 1 if unusable."""
    with show.errors(lang, city=city):
        from qmgis.io.city.check import check_city

        report = check_city(city, data=data)
        show.report(report, lang or report.lang, as_json=as_json)
        if not report.usable:
            raise typer.Exit(1)


@app.command()
def run(
    city: CityArg,
    *,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the results.")],
    only: Annotated[Optional[str], typer.Option("--only", metavar="RUN", help="One run instead of all.")] = None,  # noqa: UP045
    data: DataOption = None,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Compute and write the results of every run that the city declares."""
    with show.errors(lang, city=city):
        from qmgis.io.city.workspace import open_city

        _write(open_city(city, data=data), out, only, lang, as_json=as_json)


@app.command()
def serve(
    city: CityArg,
    *,
    port: PortOption = 8050,
    data: DataOption = None,
    no_open: Annotated[bool, typer.Option("--no-open", help="Do not open a browser.")] = False,
    lang: LangOption = None,
) -> None:
    """Serve the dashboard of a city; stays in the foreground."""
    with show.errors(lang, city=city):
        from qmgis.io.city.workspace import open_city

        _serve(open_city(city, data=data), port, open_page=not no_open)


@app.command()
def export(
    city: CityArg,
    *,
    to: Annotated[
        str,
        typer.Option("--to", metavar="FORMAT", help="shp, gpkg, qgz, geojson, parquet, fgb, csv, csv_de, xlsx or map."),
    ],
    run: Annotated[Optional[str], typer.Option("--run", metavar="RUN", help="Which run; default: the newest.")] = None,  # noqa: UP045
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the file.")] = Path("out"),
    data: DataOption = None,
    lang: LangOption = None,
) -> None:
    """Write one format of one run, with its recipe beside it."""
    with show.errors(lang, city=city):
        from qmgis.io.city.workspace import open_city
        from qmgis.runs.compute import compute
        from qmgis.runs.write import write_run
        from qmgis.runs.years.editions import default_run

        filename = _filename(to)
        opened = open_city(city, data=data)
        chosen = run or (default_run(opened) if opened.runs else "")
        outcome = compute(opened, chosen, tell=show.told(lang or opened.lang))
        formats = ["gpkg", "qgz"] if to == "qgz" else [to]  # a project is empty without the file that it opens
        write_run(outcome, out, lang=lang or opened.lang, formats=formats)
        show.line(str(out / outcome.run.key / filename))


@app.command()
def orientation(
    *,
    city: Annotated[Optional[Path], typer.Option("--city", metavar="CITY", help="Folder of a city.")] = None,  # noqa: UP045
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """List orientation values with source and mark, and which group belongs to which service."""
    with show.errors(lang, city=city):
        from qmgis.cli.orientation import listing

        listing(city, lang or "de", as_json=as_json)


def _filename(to: str) -> str:
    """Return the name of a format's file; a word that is no format is told before anything is computed."""
    from qmgis.errors import UnknownKeyError, did_you_mean
    from qmgis.runs.write import exports

    known = exports()
    if to not in known:
        raise UnknownKeyError(
            f'There is no format "{to}".{did_you_mean(to, known)}',
            de=f'Es gibt kein Format "{to}".{did_you_mean(to, known, lang="de")}',
        )
    return known[to].filename


def _write(city: City, out: Path, only: str | None, lang: Lang | None, *, as_json: bool = False) -> None:
    """Write a city's runs and say where they are."""
    from qmgis.runs.write import steps_of, write_city

    with show.progress(lang or city.lang, steps=steps_of(city, only=only)) as step:
        outcomes = write_city(city, out, only=only, lang=lang, tell=step)
    show.outcomes(outcomes, out, lang or city.lang, as_json=as_json)


def _serve(city: City, port: int, *, open_page: bool) -> None:
    """Serve the dashboard until Ctrl-C."""
    if not city.runs:
        city.run("")  # raises, and says what is lacking
    from qmgis.app.main import serve as serve_app

    if open_page:
        import threading
        import webbrowser

        timer = threading.Timer(2.0, webbrowser.open, [f"http://127.0.0.1:{port}/"])
        timer.daemon = True
        timer.start()
    serve_app(city, port=port)


def main() -> None:
    """Run the command line; the entry point of ``qmgis``."""
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `qmgis check … | head` ends quietly
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    app()
