"""A profile as one HTML file that stands alone: no script, nothing from elsewhere, headings, tables and alt texts."""

from __future__ import annotations

import re
from functools import cache
from html import escape
from importlib.resources import files

from qmgis.i18n import say
from qmgis.reports._profile import Picture, Profile, Section, Table

__all__ = ["profile_html"]

WIDE = 0.9  # of the page's width: a drawing that fills a line
# Nothing may be loaded and nothing run, whatever a text says; styles and drawings are in the file.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"


def profile_html(profile: Profile) -> bytes:
    """Return a profile as a page; equal profiles give equal bytes.

    Examples
    --------
    >>> from qmgis.reports import Profile
    >>> empty = Profile("1", "<b>", "Gebietsprofil", "Stadt", "2024", "", (), (), "", "Seite", "de")
    >>> b"<b>" in profile_html(empty), b"&lt;b&gt;" in profile_html(empty)
    (False, True)
    """
    lang = profile.lang
    facts = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(said)}</dd></div>" for name, said in profile.facts)
    contents = "".join(
        f'<li><a href="#{escape(section.key)}">{escape(section.title)}</a></li>' for section in profile.sections
    )
    body = "".join(_section(section, order) for order, section in enumerate(profile.sections))
    title = escape(f"{profile.kicker} {profile.name} – {profile.city}")
    page = f"""<!DOCTYPE html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="qmgis">
<title>{title}</title>
<style>{_style()}</style>
</head>
<body>
<a class="skip" href="#content">{escape(say("reports.skip", lang))}</a>
<header>
<p class="kicker"><span>{escape(profile.kicker)}</span><span>{escape(profile.city)}</span></p>
<h1>{escape(profile.name)}</h1>
<p class="day">{escape(profile.day)}</p>
<p class="lead">{escape(profile.lead)}</p>
<dl class="facts">{facts}</dl>
</header>
<nav aria-label="{escape(say("reports.contents", lang))}"><ul>{contents}</ul></nav>
<main id="content">{body}</main>
<footer><p>{escape(profile.foot)}</p></footer>
</body>
</html>
"""
    return page.encode()


@cache
def _style() -> str:
    return files("qmgis.reports").joinpath("profile.css").read_text(encoding="utf-8")


def _section(section: Section, order: int) -> str:
    sentences = "".join(f"<p>{escape(text)}</p>" for text in section.sentences)
    pictures = "".join(_picture(one, f"p{order}-{place}") for place, one in enumerate(section.pictures))
    points = "".join(f"<li>{escape(text)}</li>" for text in section.points)
    parts = (
        sentences,
        f'<div class="pictures">{pictures}</div>' if pictures else "",
        "".join(_table(table) for table in section.tables),
        f"<ul>{points}</ul>" if points else "",
        "".join(f'<p class="remark">{escape(text)}</p>' for text in section.remarks),
    )
    key = escape(section.key)
    head = f'<h2 id="h-{key}">{escape(section.title)}</h2>'
    return f'<section id="{key}" aria-labelledby="h-{key}">{head}{"".join(parts)}</section>'


def _picture(picture: Picture, prefix: str) -> str:
    """Return a drawing inside the page; its inner names are made its own, since all drawings share the page's."""
    svg = re.sub(r'(id="|url\(#)', rf"\g<1>{prefix}-", picture.svg)
    svg = svg.replace("<svg ", f'<svg role="img" aria-label="{escape(picture.alt)}" ', 1)
    caption = escape(picture.caption)
    if picture.width >= WIDE:  # on a small screen it is moved sideways instead of being shrunk
        svg = f'<div class="scroll" tabindex="0" role="region" aria-label="{caption}">{svg}</div>'
    return f'<figure style="--share:{picture.width:.2f}">{svg}<figcaption>{caption}</figcaption></figure>'


def _table(table: Table) -> str:
    first = len(table.heads) - table.numbers
    heads = "".join(f'<th scope="col"{_number(place >= first)}>{escape(head)}</th>' for place, head in
                    enumerate(table.heads))  # fmt: skip
    rows = "".join(f"<tr>{_cells(row, first)}</tr>" for row in table.rows)
    caption = escape(table.caption)
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{caption}"><table><caption>{caption}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _cells(row: tuple[str, ...], first: int) -> str:
    rest = (f"<td{_number(place >= first)}>{escape(cell)}</td>" for place, cell in enumerate(row) if place)
    return f'<th scope="row">{escape(row[0])}</th>{"".join(rest)}'


def _number(is_number: bool) -> str:
    return ' class="number"' if is_number else ""
