"""Who reaches what: the question that an address asks, its answer, and the controls that ask another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from dash import html
from dash.development.base_component import Component

from qmgis.app.address import VALUE, ViewState, format_address
from qmgis.app.frame import attributes, current, lang_of, link, panel
from qmgis.app.jobs import Job, Tell, jobs
from qmgis.app.results import ladder_of, outcome_of
from qmgis.coverage import group_title
from qmgis.i18n import say
from qmgis.model import City, Lang, Outcome, Text, Theme, words
from qmgis.model.text import limit_text
from qmgis.runs.asked import answer, ask, groups_of, limits_of_places, modes_of, outlines, word_of

__all__ = ["PATIENCE", "Asked", "asked_of", "outlines_job", "question_panel"]

PATIENCE = 1.2  # seconds that a page waits before it says that it computes


@dataclass(frozen=True, eq=False)
class Asked:
    """The question of an address, the run that it is asked of, and the answer once it is there."""

    city: City
    state: ViewState
    outcome: Outcome
    theme: Theme
    job: Job

    @property
    def lang(self) -> Lang:
        """The language of the view."""
        return lang_of(self.state)

    @property
    def key(self) -> tuple[Any, ...]:
        """What stands for the question among the jobs."""
        return answer_key(self.city, self.state.run, self.theme)

    @property
    def answer(self) -> Outcome | None:
        """The run with this theme alone; None until it is there."""
        found: Outcome | None = self.job.result
        return found


def asked_of(city: City, state: ViewState, *, wait: float = PATIENCE) -> Asked:
    """Return what an address asks, with its answer if that is there within ``wait`` seconds."""
    outcome = outcome_of(city, state.run)
    theme = ask(city, outcome, places=state.places, group=state.group, within=state.within, mode=state.way)
    job = jobs.ask(answer_key(city, state.run, theme), partial(_answer, city, state.run, theme), wait=wait)
    return Asked(city, state, outcome, theme, job.seen)


def answer_key(city: City, run: str, theme: Theme) -> tuple[Any, ...]:
    """Return what stands for a question among the jobs."""
    return "answer", city, run, theme


def outlines_job(asked: Asked, *, wait: float = PATIENCE) -> Job | None:
    """Return the job that draws from where each place is reached; None where nobody asks for it."""
    found = asked.answer
    if not asked.state.outlines or found is None:
        return None
    return jobs.ask(outlines_key(asked), partial(outlines_work, asked.city, found, asked.theme.key), wait=wait).seen


def outlines_key(asked: Asked) -> tuple[Any, ...]:
    """Return what stands for the outlines among the jobs."""
    return "outlines", asked.city, asked.state.run, asked.theme


def outlines_work(city: City, found: Outcome, theme: str, tell: Tell) -> Any:
    """Return the outlines, telling how far they are."""
    return outlines(city, found, theme, tell=tell)


def _answer(city: City, run: str, theme: Theme, tell: Tell) -> Outcome:
    outcome = outcome_of(city, run)
    ladder = None if theme.key in outcome.themes else ladder_of(city, run, theme.places, tell)
    return answer(city, outcome, theme, ladder=ladder)


def question_panel(asked: Asked) -> list[Component]:
    """Return the themes of the run as links, and a list each for places, group, distance and mode."""
    city, state, lang, theme = asked.city, asked.state, asked.lang, asked.theme
    fresh = replace(state, places="", group="", within="", way="", changed=(), sites="", edit="")
    themes = [
        html.Li(
            link(_of_theme(fresh, one), one.title.to(lang), id=f"coverage-theme-{n}", **current(one.key == theme.key))
        )
        for n, one in enumerate(asked.outcome.themes.values())
    ]
    presets = html.Ul(themes, className="pills", **attributes(aria_label=say("asked.themes", lang)))
    settled = _of_theme(replace(state, changed=(), sites="", edit=""), theme)
    serving = [key for key in city.places if key == theme.places or _serves(city, key)]
    kinds = [(key, city.places[key].title.to(lang)) for key in serving]
    groups = [(group, _capital(group_title(group).to(lang))) for group in groups_of(city)]
    limits = [(word_of(one), limit_text(*one).to(lang)) for one in limits_of_places(city, theme.places)]
    modes = [(mode, _mode_title(city, mode).to(lang)) for mode in modes_of(city)]
    lists = [
        _choice("places", kinds, theme.places, replace(fresh, places=VALUE), lang),
        _choice("group", groups, theme.group, replace(settled, group=VALUE), lang),
        _choice("within", limits, word_of((theme.within_m, theme.within_min)), replace(settled, within=VALUE), lang),
    ]
    lists += [_choice("way", modes, theme.mode, replace(settled, way=VALUE), lang)] if len(modes) > 1 else []
    hint = html.P(say("asked.question_hint", lang), className="soft small after")
    own = [html.P(say("asked.own_question", lang), className="small")] if theme.key not in asked.outcome.themes else []
    return [panel(say("asked.question", lang), *([presets] if themes else []), *lists, *own, hint)]


def _serves(city: City, places: str) -> bool:
    """Tell whether a layer holds facilities; not where it is only where new ones could be."""
    themes = city.themes.values()
    return all(one.candidates != places for one in themes) or any(one.places == places for one in themes)


def _of_theme(state: ViewState, theme: Theme) -> ViewState:
    within = word_of((theme.within_m, theme.within_min))
    return replace(state, places=theme.places, group=theme.group, within=within, way=theme.mode)


def _choice(
    name: str, entries: Sequence[tuple[str, str]], chosen: str, template: ViewState, lang: Lang
) -> Component:  # fmt: skip
    """Return a list; choosing goes to the address with the choice in it."""
    options = [html.Option(title, value=value, selected=value == chosen) for value, title in entries]
    select = html.Select(
        options, id=f"coverage-{name}", name=name, className="choice", **attributes(data_pick=format_address(template))
    )
    return html.Label(
        [html.Span(say(f"asked.{name}", lang)), select], className="choose over", htmlFor=f"coverage-{name}"
    )


def _mode_title(city: City, mode: str) -> Text:
    known = {network.mode.key: network.mode.title for network in city.networks.values()}
    return known.get(mode, words("words.on_foot"))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
