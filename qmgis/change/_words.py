"""What changed, in sentences."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from qmgis.change._causes import CAUSES, Changes
from qmgis.i18n import number, percent, say
from qmgis.model import LANGS, Lang, Text

__all__ = ["sentence", "summary"]

LEAST = 0.005


def summary(found: Changes, *, first: Text, second: Text) -> Text:
    """Return how many areas changed between two editions, and what added most, as a few sentences.

    Examples
    --------
    >>> then = pd.DataFrame({"attention": [0.0], "class": [2.0], "index": [0.9]}, index=["a"])
    >>> now = then.assign(attention=1.0)
    >>> noise = pd.DataFrame({"values": [0.2], "changes": [0.75]}, index=["a"])
    >>> from qmgis.change import changes
    >>> said = summary(changes({(0, 0, 0): then, (1, 0, 0): now}, noise), first=Text("2020", "2020"),
    ...                second=Text("2024", "2024"))
    >>> said.en
    'From 2020 to 2024: 1 newly requires attention (mostly chance 1). 0 of 1 areas cannot be compared.'
    """
    return Text(*(_summary(found, first.to(lang), second.to(lang), lang) for lang in LANGS))


def _summary(found: Changes, first: str, second: str, lang: Lang) -> str:
    table, parts = found.count(), []
    for kind in table.index:
        row = table.loc[kind]
        whole = int((found.frame["kind"] == kind).sum())
        if whole:
            mostly = [f"{say(f'change.mostly_{cause}', lang)} {row[cause]}" for cause in CAUSES if row[cause]]
            parts.append(f"{say(f'change.count_{kind}', lang, n=number(whole, lang))} ({', '.join(mostly)})")
    said = "; ".join(parts) or say("change.nothing", lang)
    gone = int((found.frame["kind"] == "not_comparable").sum())
    rest = say("change.not_compared", lang, n=number(gone, lang), all=number(len(found.frame), lang))
    return f"{say('change.from_to', lang, first=first, second=second)} {said}. {rest}"


def sentence(row: pd.Series) -> Text:
    """Return what changed for one area of `Changes` and what each cause adds to it.

    Examples
    --------
    >>> row = pd.Series({"kind": "new", "attention_before": 0.0, "attention_after": 1.0, "attention_data": 0.86,
    ...                  "attention_noise": 0.14, "attention_boundary": 0.0, "attention_method": 0.0})
    >>> sentence(row).en
    'Newly requires attention. What adds to this: changed data 86%, chance in small numbers 14%.'
    """
    return Text(*(_sentence(row, lang) for lang in LANGS))


def _sentence(row: pd.Series, lang: Lang) -> str:
    kind = str(row["kind"])
    said = say(f"change.kind_{kind}", lang)
    if kind in ("same", "not_comparable"):
        return f"{said}."
    what = "class" if kind == "moved" else "attention"
    whole = row[f"{what}_after"] - row[f"{what}_before"]
    added: dict[str, float] = {cause: row[f"{what}_{cause}"] / whole for cause in CAUSES}
    parts = [_part(cause, added[cause], lang) for cause in _by_weight(added)]
    return f"{said}. {say('change.of_this', lang, parts=', '.join(parts))}"


def _part(cause: str, share: float, lang: Lang) -> str:
    against = f" ({say('change.against', lang)})" if share < 0 else ""
    return f"{say(f'change.by_{cause}', lang)} {percent(abs(share), lang, digits=0)}{against}"


def _by_weight(added: dict[str, float]) -> Sequence[str]:
    return sorted((cause for cause in added if abs(added[cause]) >= LEAST), key=lambda cause: -abs(added[cause]))
