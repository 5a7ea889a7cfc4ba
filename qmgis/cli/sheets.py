"""What ``qmgis profile`` prints: method sheets, checks, comparisons; as text in columns or for machines."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd

from qmgis import compare
from qmgis.cli.show import line
from qmgis.errors import QmgisError
from qmgis.i18n import number, percent, say
from qmgis.io.profiles.files import profiles
from qmgis.methodcheck import BlockCheck, MethodCheck
from qmgis.model import AreaResult, City, Indicator, Lang, Method, Problem, Profile
from qmgis.registry import collect
from qmgis.runs.method import both_scores, check_profile, when
from qmgis.scoring import LEFT_OUT, parameters_of
from qmgis.views import comparison
from qmgis.views.methodsheet import method_sheet

__all__ = ["difference", "listing", "problems", "sheet"]

SHOWN = 15


def columns(rows: Sequence[Sequence[str]], *, right: bool = False) -> str:
    """Return rows as text in columns under their first row; all but the first column to the right if asked."""
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    lined = [rows[0], ["-" * width for width in widths], *rows[1:]]
    out = [
        "  ".join(
            text.rjust(width) if right and place else text.ljust(width)
            for place, (text, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in lined
    ]
    return "\n".join(one.rstrip() for one in out)


def listing(known: Mapping[str, Profile], lang: Lang, *, as_json: bool) -> None:
    """Print all profiles: key, title, method, and whether they are verified."""
    if as_json:
        content = [
            {"key": one.key, "title": one.title.to(lang), "method": one.method, "verified": one.verified,
             "own": one.key not in profiles()}
            for one in known.values()
        ]  # fmt: skip
        line(json.dumps(content, ensure_ascii=False))
        return
    heads = [say(f"profile.{name}", lang) for name in ("key", "title", "method", "state")]
    states = {one.key: "verified_short" if one.verified else "documented_short" for one in known.values()}
    rows = [
        [one.key, one.title.to(lang), one.method, say(f"profile.{states[one.key]}", lang)] for one in known.values()
    ]
    line(columns([heads, *rows]))


def problems(file: Path, found: Sequence[Problem], lang: Lang, *, as_json: bool) -> None:
    """Print every fault of a profile's file, or that there is none."""
    if as_json:
        rows = [{"level": one.level, "what": one.what.to(lang), "file": one.file, "row": one.row} for one in found]
        line(json.dumps({"usable": not found, "problems": rows}, ensure_ascii=False))
        return
    for one in found:
        line(f"{say('cli.level_' + one.level, lang)} {one.say(lang)}")
    line(say("cli.profile_faults" if found else "cli.profile_clean", lang, file=file, count=len(found)))


def sheet(profile: Profile, lang: Lang, *, city: City | None, run: str | None, year: int | None, as_json: bool) -> None:
    """Print a method sheet, and with a city the method check of one year."""
    methods: Mapping[str, Method] = collect("qmgis.methods", "METHOD")
    checked: MethodCheck | None = None
    failed, indicators = "", dict[str, Indicator]()
    if city is not None:
        measured, areas = when(city, method=profile.key, run=run, year=year)
        indicators = dict(city.tables[areas].indicators) if areas in city.tables else {}
        try:
            checked = check_profile(city, profile, year=measured, areas=areas)
        except QmgisError as error:  # the sheet is of use without the city's data; why there is no check is said
            failed = error.say(lang)
    made = method_sheet(profile, lang, method=methods[profile.method].title, indicators=indicators)
    if as_json:
        content = {**made.as_dict(), "settings": _settings(profile), "check": _check_dict(checked, lang)}
        line(json.dumps(content | ({"check_error": failed} if failed else {}), ensure_ascii=False))
        return
    line(made.title)
    for section in made.sections:
        line(f"\n{section.title}")
        rows = [row for row in (section.heads, *section.rows) if row]
        widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
        for row in rows:
            line("  " + "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())
    if failed:
        line(f"\n{say('cli.profile_no_check', lang)} {failed}")
    elif checked is not None:
        line(f"\n{say('cli.profile_check', lang, year=checked.year, areas=checked.vintage)}")
        for block in checked.blocks.values():
            line(_check_text(block, lang))
        if len(checked.blocks) > 1:
            line(_between(checked, lang))


def _settings(profile: Profile) -> dict[str, object]:
    found = parameters_of(profile, valid=0)
    return {"method": profile.method, **{key: value for key, value in found.items() if key != "reference_areas"}}


def _check_text(block: BlockCheck, lang: Lang) -> str:
    """Return one block of the check: sentences, correlations, components."""
    title = say(f"profile.block_{block.key}", lang)
    lines = [f"\n{title} ({say('cli.profile_areas', lang, count=number(block.areas, lang))})"]
    lines += [f"  - {one.to(lang)}" for one in block.sentences]
    names = list(block.titles)
    heads = [say("methodcheck.r", lang), *(str(place + 1) for place in range(len(names))),
             say("methodcheck.with_index", lang)]  # fmt: skip
    rows = [heads]
    for place, name in enumerate(names):
        r = [number(float(one), lang, digits=2) for one in block.r[name]]
        with_index = number(float(block.with_index[name]), lang, digits=2)
        rows.append([f"{place + 1} {block.titles[name].to(lang)}", *r, with_index])
    parts = [[say(f"methodcheck.{key}", lang) for key in ("component", "eigenvalue", "explained", "cumulative")]]
    for component, row in block.scree.iterrows():
        shares = [percent(float(row[key]), lang) for key in ("explained", "cumulative")]
        parts.append([str(component), number(float(row["eigenvalue"]), lang, digits=2), *shares])
    return "\n".join([*lines, "", columns(rows, right=True), "", columns(parts, right=True)])


def _between(checked: MethodCheck, lang: Lang) -> str:
    return "\n" + "\n".join(one.to(lang) for one in checked.between_sentences)


def _check_dict(checked: MethodCheck | None, lang: Lang) -> dict[str, Any] | None:
    if checked is None:
        return None
    blocks = {
        key: {
            "areas": block.areas,
            "alpha": block.alpha if block.alpha is not None and block.alpha > float("-inf") else None,
            "sentences": [one.to(lang) for one in block.sentences],
            "r": _plain(block.r), "rho": _plain(block.rho), "p": _plain(block.p), "n": _plain(block.n),
            "with_index": _plain(block.with_index.to_frame("r"))["r"],
            "flags": block.flags.to_dict("records"),
            "scree": block.scree.reset_index().to_dict("records"),
            "loadings": _plain(block.loadings),
        }
        for key, block in checked.blocks.items()
    }  # fmt: skip
    return {"year": checked.year, "areas": checked.vintage, "blocks": blocks, "between": _plain(checked.between)}


def _plain(table: pd.DataFrame) -> dict[str, Any]:
    """Return a table by columns, missing as None, for machines."""
    kept = table.astype(object).where(table.notna(), None)
    return {str(key): {str(row): value for row, value in kept[key].items()} for key in kept}


def difference(
    pair: tuple[Profile, Profile],
    lang: Lang,
    *,
    city: City | None,
    run: str | None,
    year: int | None,
    as_json: bool,
) -> None:
    """Print what two profiles say differently, and with a city what that changes in its areas."""
    first, second = pair
    settings = compare.settings(first, second)
    results = None
    if city is not None:
        measured, areas = when(city, run=run, year=year)
        results = both_scores(city, first, second, year=measured, areas=areas)
    if as_json:
        rows = [{"key": key, "first": one, "second": other} for key, one, other in settings]
        content: dict[str, Any] = {"first": first.key, "second": second.key, "settings": rows}
        line(json.dumps(content | (_areas_dict(*results) if results else {}), ensure_ascii=False))
        return
    if settings:
        heads = [say("cli.profile_setting", lang), first.key, second.key]
        line(columns([heads, *([key, one or "–", other or "–"] for key, one, other in settings)]))
    else:
        line(say("cli.profile_equal", lang, first=first.key, second=second.key))
    if results and city is not None:
        names = city.area_layers[results[0].vintage].frame["name"]
        line("\n".join(_areas_text(*results, names=names, lang=lang)))


def _areas_text(first: AreaResult, second: AreaResult, *, names: pd.Series, lang: Lang) -> list[str]:
    """Return agreement, rank correlation, crosstab, changed areas and largest shifts as text."""
    when_ = say("cli.profile_when", lang, year=first.year, areas=first.vintage)
    order = comparison.order_in_words(compare.rank_correlation(first, second), lang)
    lines = ["", f"{when_} {comparison.agreement_in_words(first, second, lang)}", order]
    table = compare.crosstab(first, second)
    out = say("cli.profile_left_out", lang)
    rows = [[f"{first.key} \\ {second.key}", *(out if key == LEFT_OUT else str(key) for key in table)]]
    for key, counts in table.iterrows():
        rows.append([out if key == LEFT_OUT else str(key), *(number(int(one), lang) for one in counts)])
    lines += ["", say("cli.profile_crosstab", lang), columns(rows, right=True)]
    moved, why = compare.shifts(first, second), compare.reasons(first, second)
    why = why[[key for key in why if not _of_dynamics(str(key), first)]]  # the order is that of the status
    changed = moved[_differs(first, second)]
    told = "cli.profile_changed" if compare.same_classes(first, second) else "cli.profile_changed_attention"
    lines += ["", say(told, lang, count=number(len(changed), lang))]
    lines += [_changed(str(area), row, names, lang) for area, row in changed.head(SHOWN).iterrows()]
    if len(changed) > SHOWN:
        lines.append(say("cli.profile_more", lang, count=number(len(changed) - SHOWN, lang)))
    lines += ["", say("cli.profile_shifts", lang)]
    titles = comparison.reason_titles(first, second, lang)
    for area in compare.largest(moved).head(SHOWN).index:
        one, other = (number(float(moved.loc[area, f"rank_{side}"]), lang, digits=0) for side in ("first", "second"))
        reason = comparison.because(why.loc[area].to_dict(), titles, lang)
        lines.append(f"  {area} {names.get(area, '')}: {one} → {other} ({reason})")
    return lines


def _of_dynamics(key: str, result: AreaResult) -> bool:
    return key.endswith("_change") and "dynamics_index" in result.parts


def _differs(first: AreaResult, second: AreaResult) -> pd.Series:
    """Return where class (where both have the same classes) or attention differ, or only one of the two scores."""
    return compare.moves(first, second).isin(["up", "down", "one_side"])


def _changed(area: str, row: pd.Series, names: pd.Series, lang: Lang) -> str:
    classes = [say("cli.profile_left_out", lang) if pd.isna(row[f"class_{side}"]) else str(row[f"class_{side}"])
               for side in ("first", "second")]  # fmt: skip
    shift = row["attention_shift"]
    said = "" if pd.isna(shift) or shift == 0 else say(f"cli.profile_attention_{'new' if shift > 0 else 'gone'}", lang)
    return f"  {area} {names.get(area, '')}: {classes[0]} → {classes[1]}{said}"


def _areas_dict(first: AreaResult, second: AreaResult) -> dict[str, Any]:
    alike = compare.rank_correlation(first, second)
    moved, why = compare.shifts(first, second), compare.reasons(first, second)
    chosen = moved[_differs(first, second) | moved["rank_shift"].fillna(0).ne(0)]
    rows = chosen.astype(object).where(chosen.notna(), None).rename_axis("area").reset_index().to_dict("records")
    kept = why.astype(object).where(why.notna(), None)
    for row in rows:
        row["reasons"] = {str(key): value for key, value in kept.loc[row["area"]].items()}
    return {
        "year": first.year, "areas": first.vintage, "agreement": asdict(compare.agreement(first, second)),
        "rank_correlation": {"spearman": alike.spearman, "kendall": alike.kendall, "areas": alike.areas},
        "crosstab": {str(key): {str(c): int(n) for c, n in row.items()}
                     for key, row in compare.crosstab(first, second).iterrows()},
        "shifts": rows,
    }  # fmt: skip
