"""What the command line says: sentences, tables, progress, errors."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from qmgis.errors import QmgisError, SourceError
from qmgis.i18n import number, say

if TYPE_CHECKING:
    from qmgis.io.city.check import Report
    from qmgis.model import Outcome, Text

__all__ = ["errors", "line", "outcomes", "progress", "report", "told"]


def line(text: str, *, err: bool = False) -> None:
    r"""Print a text to standard output, or to standard error; what would command a terminal is shown as ``?``.

    Examples
    --------
    >>> line("a\x1b[31mb")
    a?[31mb
    """
    typer.echo("".join(sign if sign.isprintable() or sign == "\n" else "?" for sign in text), err=err)


@contextmanager
def errors(lang: str | None, *, city: Path | None = None) -> Iterator[None]:
    """Turn errors into one sentence on standard error and an exit code.

    The sentence is in the language asked for, else in that of the city, else in German. Codes:
    2 usage or input, 4 source or network, 5 internal; Ctrl-C ends with 130 and leaves no half file.
    """
    try:
        yield
    except QmgisError as error:
        chosen = _language(lang, city)
        line(f"{say('cli.error', chosen)} {error.say(chosen)}", err=True)
        raise typer.Exit(4 if _is_network(error) else 2) from None
    except KeyboardInterrupt:
        line(say("cli.stopped", _language(lang, city)), err=True)
        raise typer.Exit(130) from None
    except (typer.Exit, typer.Abort):
        raise
    except Exception as error:
        if "--debug" in sys.argv or _debugging():
            raise
        where = error.__traceback__
        while where and where.tb_next:
            where = where.tb_next
        place = f"{Path(where.tb_frame.f_code.co_filename).name}:{where.tb_lineno}" if where else "?"
        fault = f"{type(error).__name__}: {error}"
        line(say("cli.internal", _language(lang, city), fault=fault, place=place), err=True)
        raise typer.Exit(5) from None


def _language(lang: str | None, city: Path | None) -> str:
    """Return the language asked for, or that of the city where its file says one, or German."""
    if lang or city is None:
        return lang or "de"
    from qmgis.io.declared.language import language_of

    return language_of(city) or "de"


def _is_network(error: QmgisError) -> bool:
    return isinstance(error, SourceError) and "http" in error.en


def _debugging() -> bool:
    import os

    return os.environ.get("QMGIS_DEBUG", "") not in ("", "0")


def told(lang: str | None) -> Callable[[Text], None]:
    """Return a function that prints each sentence to standard error."""
    return lambda text: line(text.to("en" if lang == "en" else "de"), err=True)


@contextmanager
def progress(lang: str | None, *, steps: int) -> Iterator[Callable[[str, Text], None]]:
    """Give a function that shows what is being done and how long it will take: a bar in a terminal, else nothing."""
    if not sys.stderr.isatty():
        yield lambda _run, _text: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    columns = (
        BarColumn(bar_width=24),
        TimeElapsedColumn(),
        "<",
        TimeRemainingColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=steps)

        def step(run: str, text: Text) -> None:
            words = text.to("en" if lang == "en" else "de").replace("[", "(").replace("]", ")")
            bar.update(task, advance=1, description=f"{run}: {words}")

        yield step


def outcomes(done: list[Outcome], out: Path, lang: str, *, as_json: bool) -> None:
    """Print a summary of each run: areas, attention, left out, folder; and what a reader of it has to know."""
    if as_json:
        line(json.dumps([_summary(outcome, out, lang) for outcome in done], ensure_ascii=False))
        return
    for outcome in done:
        facts = _summary(outcome, out, lang)
        shown = {key: number(value, lang) if isinstance(value, int) else value for key, value in facts.items()}
        line(say("cli.run_done", lang, **shown))
        for warning in outcome.warnings:
            line(f"{say('cli.level_warning', lang)} {outcome.run.key}: {warning.to('en' if lang == 'en' else 'de')}")


def _summary(outcome: Outcome, out: Path, lang: str) -> dict[str, Any]:
    scored = outcome.index.value.notna()
    return {
        "run": outcome.run.key,
        "recipe": outcome.recipe.id,
        "areas": len(scored),
        "scored": int(scored.sum()),
        "attention": int(outcome.index.parts["attention"].fillna(False).sum()),
        "left_out": len(outcome.index.left_out),
        "folder": str(out / outcome.run.key),
        "warnings": [warning.to("en" if lang == "en" else "de") for warning in outcome.warnings],
    }


def report(found: Report, lang: str, *, as_json: bool) -> None:
    """Print what a check found: problems first, then the summary."""
    chosen: Any = "en" if lang == "en" else "de"
    if as_json:
        line(json.dumps(found.as_dict(chosen), ensure_ascii=False))
        return
    for problem in found.problems:
        line(f"{say('cli.level_' + problem.level, lang)} {problem.say(chosen)}")
    line(found.table(chosen))
    line(say("cli.usable" if found.usable else "cli.unusable", lang))
