"""What travels with every file: who made it from what, and what its columns mean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from qmgis.i18n import say
from qmgis.io.written.cells import clean, csv_text, guarded, unit_of
from qmgis.lifecycle import AGREED
from qmgis.model import PHASES, PROGRAMME_STATES, Column, Lang, Outcome, Text, words
from qmgis.model.text import day_text

__all__ = [
    "about",
    "area_column",
    "codebook_csv",
    "codes_of",
    "credit_line",
    "gap_columns",
    "machine_unit",
    "meaning_of",
    "place_columns",
    "programme_columns",
]


def about(outcome: Outcome, lang: Lang) -> list[tuple[str, str]]:
    """Return what a reader has to know of a file, as pairs of a label and a text."""
    areas, run, recipe = outcome.areas, outcome.run, outcome.recipe
    pairs: list[tuple[str, str]] = [
        ("city", outcome.city_title.to(lang)),
        ("run", f"{run.title.to(lang)} ({run.key})"),
        ("method", recipe.method),
        ("reference", outcome.index.reference_source),
        ("year", str(run.year)),
        ("vintage", f"{areas.title.to(lang)} ({areas.vintage})"),
        ("crs", areas.frame.crs.to_string() if len(areas.frame.crs.to_string()) < 40 else areas.frame.crs.name),
        ("licence", areas.licence),
        *(("credit", credit) for credit in outcome.credits),
        ("recipe", recipe.id),
        ("version", f"qmgis {recipe.version}"),
        ("note", outcome.note.to(lang) if outcome.note else ""),
        *(("warning", warning.to(lang)) for warning in outcome.warnings),
        ("signal", say("exports.about_signal", lang)),
    ]
    return [(_label(key, lang), clean(text)) for key, text in pairs if text]


def _label(key: str, lang: Lang) -> str:
    return say("exports.about_note" if key == "signal" else f"exports.about_{key}", lang)


def credit_line(outcome: Outcome, lang: Lang) -> str:
    """Return title, sources and recipe as one line."""
    title = f"{outcome.city_title.to(lang)}, {outcome.run.title.to(lang)}"
    return clean(" · ".join([title, *outcome.credits, f"{say('exports.about_recipe', lang)} {outcome.recipe.id}"]))


def area_column() -> Column:
    """Return the description of the first column."""
    return Column("area", words("words.area"), "text", note=words("exports.id_meaning"))


def place_columns() -> tuple[Column, ...]:
    """Return the descriptions of the columns of places."""
    return (
        Column("place", words("exports.place_id"), "text"),
        Column("layer", words("exports.place_layer"), "text"),
        Column("title", words("exports.place_title"), "text"),
        Column("name", words("words.name"), "text"),
        Column("capacity", words("exports.place_capacity"), "count"),
    )


def gap_columns() -> tuple[Column, ...]:
    """Return the descriptions of the columns of gaps."""
    return (
        Column("theme", words("exports.gap_theme"), "text"),
        Column("title", words("exports.gap_title"), "text"),
        Column("not_reached", words("exports.gap_not_reached"), "count", note=words("exports.gap_number")),
    )


def programme_columns(outcome: Outcome) -> tuple[Column, ...]:
    """Return the descriptions of the columns of programme areas."""
    states: dict[str, Text] = {
        state: words(f"words.programme_{state}") for state in PROGRAMME_STATES if state != "none"
    }
    return (
        Column("programme_area", words("exports.programme_area"), "text"),
        Column("name", words("words.name"), "text"),
        Column("programme", words("exports.programme_of"), "text"),
        Column("state", words("exports.programme_state", day=day_text(outcome.run.on)), "code", codes=states),
        Column("status", words("exports.programme_status"), "text", note=words("exports.programme_status_note")),
        Column("phase", words("exports.programme_phase"), "text"),
        Column("valid_from", words("exports.programme_from"), "text"),
        Column("valid_to", words("exports.programme_to"), "text", note=words("exports.programme_to_note")),
        *_life_columns(outcome),
    )


def _life_columns(outcome: Outcome) -> tuple[Column, ...]:
    """Return the descriptions of phase and next deadline on the day of the run."""
    day = day_text(outcome.run.on)
    rules = outcome.programme.deadlines if outcome.programme else ()
    phases: dict[str, Text] = {phase: words(f"lifecycle.phase_{phase}") for phase in PHASES}
    deadlines: dict[str, Text] = {AGREED: words("lifecycle.agreed"), **{rule.key: rule.title for rule in rules}}
    states: dict[str, Text] = {state: words(f"lifecycle.state_{state}") for state in ("ahead", "near", "passed")}
    note = words("exports.programme_deadline_note")
    return (
        Column("phase_on", words("exports.programme_phase_on", day=day), "code", codes=phases),
        Column("next_deadline", words("exports.programme_deadline", day=day), "code", codes=deadlines, note=note),
        Column("next_limit", words("exports.programme_limit"), "text", note=words("lifecycle.deadline_note")),
        Column("limit_state", words("exports.programme_limit_state", day=day), "code", codes=states),
    )


def codes_of(column: Column, lang: Lang) -> str:
    """Return a closed list in words: ``1 = hoch; 2 = mittel``."""
    return clean("; ".join(f"{code} = {word.to(lang)}" for code, word in column.codes.items()))


def meaning_of(column: Column, lang: Lang) -> str:
    """Return the note of a column."""
    return clean(column.note.to(lang))


def machine_unit(column: Column, lang: Lang) -> str:
    """Return the unit of the stored number: shares are 0-1 in machine files."""
    if column.kind in ("share", "points"):
        return say(f"exports.scale_{column.kind}_machine", lang)
    return clean(unit_of(column, lang))


def codebook_csv(columns: Iterable[Column], names: Mapping[str, str], lang: Lang) -> bytes:
    """Return the code book of short names as a table that Excel and LibreOffice open (semicolon, UTF-8 with BOM)."""
    heads = ("short", "long", "title", "unit", "meaning", "codes")
    rows = [[say(f"exports.book_{head}", lang) for head in heads]]
    for column in columns:
        cells = (
            names[column.key],
            column.key,
            column.title.to(lang),
            machine_unit(column, lang),
            meaning_of(column, lang),
            codes_of(column, lang),
        )
        rows.append([guarded(clean(cell)) for cell in cells])
    return csv_text(rows, delimiter=";", newline="\r\n").encode("utf-8-sig")
