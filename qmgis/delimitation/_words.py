"""Sentences of proposals: what they hold, why each unit is in, what a rule costs; in both languages, without praise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from qmgis.core.regions.grown import Region
from qmgis.coverage import amount
from qmgis.delimitation._figures import figures_of
from qmgis.delimitation._ground import Ground
from qmgis.delimitation._rules import Rules
from qmgis.delimitation._search import DOUBLED, Found, Price
from qmgis.i18n import number, percent
from qmgis.model import Text, words

__all__ = ["named", "price_sentence", "reason_sentence", "rule_title", "sentence_of", "share_text", "variant_title"]

NAMED = 5


def variant_title(found: Found, ground: Ground) -> Text:
    """Return what a variant is called."""
    name = {"name": str(ground.names.iloc[found.unit])} if found.unit >= 0 else {}
    return words(f"delimitation.variant_{found.variant}", **name)


def sentence_of(key: str, title: Text, figures: Mapping[str, float]) -> Text:
    """Return one sentence for a proposal."""
    return words(
        "delimitation.proposal", name=key, variant=title, residents=amount(figures["residents"]),
        hectares=amount(figures["hectares"], digits=1), units=amount(figures["units"]),
        flagged=amount(figures["flagged_residents"]), captured=share_text(figures["captured"]),
        score=_signed(figures["score"], 2), sd=amount(figures["score_sd"], digits=2),
        compactness=amount(figures["compactness"], digits=2),
    )  # fmt: skip


def reason_sentence(ground: Ground, unit: int, reasons: Sequence[str]) -> Text:
    """Return why a unit is in, every reason that holds."""
    score = amount(float(ground.units.score[unit]), digits=1)
    own = {one: f"{one}_block" if ground.of_blocks and one in ("flagged", "score") else one for one in reasons}
    said = [words(f"delimitation.reason_{own[one]}", **({"score": score} if one == "score" else {})) for one in reasons]
    joined = Text("; ".join(one.de for one in said), "; ".join(one.en for one in said))
    return words("delimitation.reason", name=str(ground.names.iloc[unit]), reasons=joined)


def rule_title(rules: Rules, rule: str) -> Text:
    """Return what a rule says."""
    if rule in ("barriers", "existing"):
        return words(f"delimitation.rule_{rule}")
    value = getattr(rules, rule)
    if isinstance(value, tuple):
        listed = ", ".join(value)
        return words(f"delimitation.rule_{rule}", limit=listed)
    return words(f"delimitation.rule_{rule}", limit=amount(value, digits=2 if rule == "min_compactness" else 0))


def price_sentence(ground: Ground, now: Region, price: Price, title: Text) -> Text:
    """Return what would be without a rule."""
    lead = words(f"delimitation.price_{'doubled' if price.rule in DOUBLED else 'without'}", rule=title)
    if not price.comes and not price.goes:
        return words("delimitation.price_none", lead=lead)
    before, after = (figures_of(ground.units, region, total=ground.total) for region in (now, price.region))
    change = {
        "residents": _signed(after["residents"] - before["residents"], 0),
        "flagged": _signed(after["flagged_residents"] - before["flagged_residents"], 0),
        "before": _signed(before["score"], 2),
        "after": _signed(after["score"], 2),
    }
    parts = [words("delimitation.price", lead=lead, **change)]
    parts += [
        words(f"delimitation.price_{what}", names=named(ground, units))
        for what, units in (("comes", price.comes), ("goes", price.goes))
        if units
    ]
    return Text("".join(one.de for one in parts) + ".", "".join(one.en for one in parts) + ".")


def named(ground: Ground, units: Sequence[int]) -> Text:
    """Return the names of the first units, and how many more there are."""
    first = ", ".join(str(ground.names.iloc[unit]) for unit in units[:NAMED])
    more = len(units) - NAMED
    if more <= 0:
        return Text(first, first)
    return Text(f"{first} und {more} weitere", f"{first} and {more} more")


def share_text(share: float) -> Text:
    """Return a share in percent; a dash where it is not known."""
    if np.isnan(share):
        return Text("–", "–")
    return Text(percent(share, "de"), percent(share, "en"))


def _signed(value: float, digits: int) -> Text:
    return Text(number(value, "de", digits=digits, sign=True), number(value, "en", digits=digits, sign=True))
