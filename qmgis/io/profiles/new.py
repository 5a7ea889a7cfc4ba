"""A commented profile of one's own to start from, made of another one; it checks clean as it is."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from qmgis.core.rules import Condition, Group
from qmgis.errors import DataError, OutputError
from qmgis.i18n import say
from qmgis.io.declared import schema
from qmgis.io.disk.atomic import atomic_write
from qmgis.io.profiles.files import profiles
from qmgis.model import Block, Lang, Profile, Rules, Text

__all__ = ["check_key", "new_profile", "profile_text", "toml_value"]


def new_profile(key: str, *, like: Profile, out: Path, lang: Lang = "de") -> Path:
    """Write a profile that says what another one says, with a comment for each key, and return the file.

    Raises
    ------
    DataError
        The key cannot be a name, or a shipped profile has it.
    OutputError
        The file is there already, or cannot be written; then nothing is left behind.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     made = new_profile("familien", like=toy_profile(), out=Path(folder) / "familien.toml")
    ...     made.read_text("utf-8").splitlines()[3]
    'key = "familien"'
    """
    check_key(key)
    if os.path.lexists(out):
        raise OutputError(
            f"{out} is there already and was not touched; choose another file with --out, or remove it.",
            de=f"{out} gibt es schon und blieb unberührt; mit --out eine andere Datei wählen oder sie entfernen.",
        )
    atomic_write(out, profile_text(key, like, lang).encode("utf-8"))
    return out


def check_key(key: str) -> None:
    """Raise where a key cannot be that of an own profile.

    Examples
    --------
    >>> check_key("familien")
    >>> check_key("mss-2021")
    Traceback (most recent call last):
    qmgis.errors.DataError: "mss-2021" cannot be the key of an own profile; ...
    """
    if not schema.NAME.fits(key) or key in profiles():
        raise DataError(
            f'"{key}" cannot be the key of an own profile; use letters, digits, "-" and "_", and none of the shipped '
            "names.",
            de=f'"{key}" kann nicht Schlüssel eines eigenen Profils sein; Buchstaben, Ziffern, "-" und "_" verwenden '
            "und keinen mitgelieferten Namen.",
        )


def profile_text(key: str, like: Profile, lang: Lang) -> str:
    """Return the TOML text of an own profile that says what another one says, with comments.

    Examples
    --------
    >>> "normalise = " in profile_text("familien", toy_profile(), "de")
    True
    """
    title = Text(f"{key} (Vorlage: {like.title.de})", f"{key} (begun from: {like.title.en})")
    head: dict[str, object] = {
        "key": key,
        "method": like.method,
        "title": title,
        "source": say("newprofile.own_source", lang, key_like=like.key, source=like.source),
        "verified": False,
        "residents": like.residents,
        "min_residents": like.min_residents,
        "attention": list(like.attention),
        "low": list(like.low),
    }
    lines = [f"# {line}" for line in say("newprofile.top", lang, like=like.key).split("\n")]
    for name, value in head.items():
        lines += _commented(name, value, lang)
    for name, block in like.blocks.items():
        lines += _block(name, block, lang)
    if like.rules is not None:
        lines += _rules(like.rules, lang)
    return "\n".join(lines) + "\n"


def _block(name: str, block: Block, lang: Lang) -> Iterator[str]:
    """Yield the lines of one block: plain keys, then the tables below it."""
    yield from ("", f"# {say(f'newprofile.block_{name}', lang)}", f"[{name}]")
    for key, value in _plain(block).items():
        yield from _commented(key, value, lang)
    steps = block.steps
    own = {key: direction for key, direction in steps.directions.items() if direction}
    tables: dict[str, Mapping[str, object]] = {
        "directions": own, "weights": _weights(block), "domains": steps.domains,
        "domain_weights": _domain_weights(block), "goalposts": steps.goalposts, "names": block.names,
    }  # fmt: skip
    for key, table in tables.items():
        if table:
            yield from ("", f"# {say(f'newprofile.{key}', lang)}", f"[{name}.{key}]")
            yield from (f"{_bare(entry)} = {toml_value(value)}" for entry, value in table.items())


def _weights(block: Block) -> dict[str, float]:
    """Return the weights of the indicators as a file may have them: shares of their domain, or as they are."""
    found, inside = dict(block.steps.weights), block.steps.domains
    for domain in dict.fromkeys(inside.get(key, "") for key in block.indicators):
        names = [key for key in block.indicators if inside.get(key, "") == domain]
        found |= _as_shares(found, names, block.steps.aggregate)
    return found


def _domain_weights(block: Block) -> dict[str, float]:
    found = dict(block.steps.domain_weights)
    return found | _as_shares(found, [*dict.fromkeys(block.steps.domains.values())], block.steps.domain_aggregate)


def _as_shares(weights: Mapping[str, float], names: list[str], aggregate: str) -> dict[str, float]:
    """Return weights below 1 as shares that sum to 1, as a file must say them where only their ratio counts."""
    given = {name: float(weights.get(name, 1.0)) for name in names}
    whole = sum(given.values())
    if aggregate == "sum" or not any(0 < one < 1 for one in given.values()) or abs(whole - 1) < 1e-9:
        return {}
    return {name: round(one / whole, 12) for name, one in given.items()}


def _rules(rules: Rules, lang: Lang) -> Iterator[str]:
    """Yield the lines of rules: what holds for all of them, then each rule."""
    yield from ("", f"# {say('newprofile.block_rules', lang)}", "[rules]", *_commented("least", rules.least, lang))
    if rules.infill is not None:
        yield from _commented("infill", _condition(rules.infill), lang)
    if rules.cluster is not None:
        beyond = _condition(rules.cluster.beyond) if rules.cluster.beyond else {}
        yield from _commented("cluster", {"min_residents": rules.cluster.min_residents, **beyond}, lang)
    for category in rules.categories:
        yield from (
            "",
            "[[rules.category]]",
            f"key = {toml_value(category.key)}",
            f"name = {toml_value(category.name)}",
        )
        yield f"{category.rule.how} = {toml_value([_condition(part) for part in category.rule.parts])}"


def _condition(rule: Condition | Group) -> dict[str, object]:
    """Return a condition, or conditions together, as a table."""
    if isinstance(rule, Group):
        return {rule.how: [_condition(part) for part in rule.parts]}
    limit: object = rule.limit.amount
    if rule.limit.kind != "number":
        given: dict[str, object] = {rule.limit.kind: rule.limit.amount}
        if rule.limit.reference is not None:
            given["reference"] = rule.limit.reference
            given |= {"reference_weight": rule.limit.weight} if rule.limit.weight != 1 else {}
        limit = given
    return {"indicator": rule.indicator, rule.side: limit}


def _plain(block: Block) -> dict[str, object]:
    """Return the keys of a block that are no tables; domains and ranges only where they have an effect."""
    steps = block.steps
    given: dict[str, object] = {"of": block.of, "indicators": list(block.indicators)}
    for key in ("fill", "treat", "normalise", "weigh", "aggregate"):
        given[key] = getattr(steps, key)
    if steps.domains:
        given |= {"domain_normalise": steps.domain_normalise, "domain_aggregate": steps.domain_aggregate}
    given |= {"again": steps.again, "ddof": steps.ddof, "least_weight": steps.least_weight, "constant": steps.constant}
    if "min_max" in (steps.normalise, steps.domain_normalise, steps.again):
        given["to"] = list(steps.to)
    if steps.digits is not None:
        given["digits"] = steps.digits
    if block.quantiles:
        given["quantiles"] = block.quantiles
    else:
        given |= {"limits": list(block.limits), "owns": list(block.owns)}
    given["classes"] = list(block.classes)
    if block.flagged_from is not None:
        given["flagged_from"] = block.flagged_from
    return given


def _commented(key: str, value: object, lang: Lang) -> list[str]:
    return [*(f"# {line}" for line in say(f"newprofile.{key}", lang).split("\n")), f"{key} = {toml_value(value)}"]


def _bare(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else toml_value(key)


def toml_value(value: object) -> str:
    r"""Return a value as TOML; texts as JSON, which TOML reads alike but for the sign DEL.

    Examples
    --------
    >>> print(toml_value({"de": 'Sagt "ja"', "n": [1, 2]}))
    {de = "Sagt \"ja\"", n = [1, 2]}
    """
    if isinstance(value, Text):
        return f"{{de = {toml_value(value.de)}, en = {toml_value(value.en)}}}"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_bare(key)} = {toml_value(entry)}' for key, entry in value.items())}}}"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(toml_value, value))}]"
    return repr(value)
