"""Who is reached inside programme areas, in a ring around them and in the whole city, in words."""

from __future__ import annotations

from qmgis.coverage import PLACES_OF
from qmgis.i18n import number, percent
from qmgis.model import Column, Lang, Outcome, words

__all__ = ["around_columns", "around_rows"]


def around_columns(outcome: Outcome) -> tuple[Column, ...]:
    """Return what each column of ``outcome.around`` holds.

    Examples
    --------
    >>> [column.key for column in around_columns(toy_outcome())][2:4]
    ['theme', 'place']
    """
    places = {place: words(f"views.around_{place}") for place in PLACES_OF}
    themes = {key: theme.title for key, theme in outcome.themes.items()}
    note, persons = words("views.around_note"), words("coverage.unit_persons")
    return (
        Column("programme_area", words("views.around_id"), "text"),
        Column("name", words("words.name"), "text"),
        Column("theme", words("views.around_theme"), "code", codes=themes),
        Column("place", words("views.around_place"), "code", codes=places),
        *(
            Column(key, words(f"views.around_{key}"), "count", persons, 0, note=note)
            for key in ("residents", "reached", "not_reached")
        ),
        Column("share", words("views.around_share"), "share", digits=0, note=note),
        Column(
            "mean_m",
            words("views.around_mean_m"),
            "metres",
            words("coverage.unit_metres"),
            0,
            note=words("coverage.note_mean"),
        ),
        Column("with_way", words("views.around_with_way"), "share", digits=0, note=words("coverage.note_with_way")),
    )


def around_rows(outcome: Outcome, lang: Lang) -> list[list[str]]:
    """Return a row for each programme area and theme: shares and people not reached inside, in the ring, in the city.

    Examples
    --------
    >>> around_rows(toy_outcome(), "de")
    []
    """
    if outcome.around is None:
        return []
    rows = []
    for (area, theme), part in outcome.around.groupby(["programme_area", "theme"], sort=False):
        at = part.set_index("place")
        cells = [
            f"{percent(float(at['share'][place]), lang, digits=0)} ({number(float(at['not_reached'][place]), lang)})"
            if at["share"].notna()[place]
            else "–"
            for place in PLACES_OF
        ]
        rows.append([f"{at['name'].iloc[0]} ({area})", outcome.themes[str(theme)].title.to(lang), *cells])
    return rows
