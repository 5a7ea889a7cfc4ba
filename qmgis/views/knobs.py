"""What there is to try of a profile, in words."""

from __future__ import annotations

from collections.abc import Mapping

from qmgis.i18n import keys, number, say
from qmgis.model import Block, Indicator, Lang, Profile
from qmgis.whatif import Knob

__all__ = ["knob_scale", "knob_title", "knob_value"]


def knob_title(knob: Knob, profile: Profile, indicators: Mapping[str, Indicator], lang: Lang) -> str:
    """Return what a number to be tried is called.

    Examples
    --------
    >>> from qmgis.whatif import knobs
    >>> profile = toy_profile()
    >>> found = knobs(profile)
    >>> knob_title(found[1], profile, toy_table().indicators, "en"), knob_title(found[3], profile, {}, "en")
    ('Transfer benefits', 'Limit “high” | “medium”')
    """
    if knob.kind == "least":
        return say("whatif.least", lang)
    block = profile.blocks.get(knob.block)
    if knob.kind == "limit" and block is not None:
        low, high = (_class(knob.block, block, int(knob.of) - 1 + more, lang) for more in (0, 1))
        return say("whatif.between", lang, low=low, high=high)
    title = knob.of
    if block is not None and knob.of in block.names:
        title = block.names[knob.of].to(lang)
    elif knob.of in indicators:
        title = indicators[knob.of].title.to(lang)
    if knob.kind != "condition":
        return say("whatif.weight", lang, title=title)
    form = "percent" if knob_scale(knob, indicators) == 100 else knob.form
    return say(f"whatif.condition_{form}", lang, title=title)


def knob_scale(knob: Knob, indicators: Mapping[str, Indicator]) -> int:
    """Return what a number is multiplied with for people: 100 where it is a share, else 1.

    Examples
    --------
    >>> from qmgis.whatif import knobs
    >>> [knob_scale(one, toy_table().indicators) for one in knobs(toy_rules())]
    [1, 1, 1, 100]
    """
    is_share = knob.of in indicators and indicators[knob.of].measure == "share"
    return 100 if knob.form == "number" and is_share else 1


def knob_value(value: float, lang: Lang) -> str:
    """Return a number with as many digits as it needs, at most three.

    Examples
    --------
    >>> knob_value(1.5, "de"), knob_value(2.0, "de"), knob_value(-0.125, "en")
    ('1,5', '2', '-0.125')
    """
    digits = next((places for places in range(3) if round(value, places) == round(value, 6)), 3)
    return number(value, lang, digits=digits)


def _class(name: str, block: Block, place: int, lang: Lang) -> str:
    """Return the name of a class: the profile's, else that of status and dynamics, else its code."""
    code = block.classes[place]
    if code in block.names:
        return block.names[code].to(lang)
    key = f"words.{name}_{code}"
    return say(key, lang) if key in keys() else code
