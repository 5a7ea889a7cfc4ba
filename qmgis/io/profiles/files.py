"""Method profiles: those that ship with qmgis, and a city's own; TOML files, checked as a whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib.resources import as_file, files
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Any, get_args

from qmgis.core.composite import AGAIN, AGGREGATE, FILL, NORMALISE, WEIGH, Steps
from qmgis.errors import UnknownKeyError, did_you_mean
from qmgis.io.declared import schema
from qmgis.io.declared.schema import Key, Place, Rule, faults, is_number, listed, one_of, table_of, to_text
from qmgis.io.declared.shipped import faulty
from qmgis.io.declared.tomlfile import read_toml
from qmgis.io.profiles.rules import rule_faults, rules_of
from qmgis.model import Block, Method, Problem, Profile, Side, Text, words
from qmgis.registry import collect

__all__ = ["check_profile_file", "open_profile_file", "own_profiles", "profile", "profiles", "read_profile"]

BLOCKS = ("status", "dynamics", "index")
# How far weights that were rounded for print may be from their sum.
SLACK = 0.005


@cache
def profiles() -> Mapping[str, Profile]:
    """Return the shipped profiles by key, sorted.

    Examples
    --------
    >>> "mss-2021" in profiles()
    True
    """
    found: dict[str, Profile] = {}
    with as_file(files("qmgis").joinpath("profiles")) as folder:
        for file in sorted(folder.glob("*.toml")):
            one, wrong = read_profile(file)
            if one is None:
                raise faulty(wrong)
            found[one.key] = one
    return MappingProxyType(found)


def own_profiles(folder: Path) -> tuple[Mapping[str, Profile], list[Problem]]:
    """Return a city's own profiles, in its folder ``profiles``, and every fault of their files.

    Examples
    --------
    >>> own_profiles(Path("nowhere"))
    ({}, [])
    """
    found: dict[str, Profile] = {}
    problems: list[Problem] = []
    for file in sorted((folder / "profiles").glob("*.toml")):
        one, wrong = read_profile(file)
        problems += wrong
        if one is None:
            continue
        if one.key in found or one.key in profiles():
            problems.append(Problem("error", words("check.profile_taken", word=one.key), file=f"profiles/{file.name}"))
        found[one.key] = one
    return found, problems


def check_profile_file(file: Path) -> list[Problem]:
    """Return every fault of a profile's file; a key that a shipped profile has is one, unless it is that profile.

    Examples
    --------
    >>> [one.level for one in check_profile_file(Path("none.toml"))]
    ['error']
    """
    one, wrong = read_profile(file)
    with as_file(files("qmgis").joinpath("profiles")) as folder:
        shipped = file.resolve().parent == folder.resolve()
    if one is not None and one.key in profiles() and not shipped:
        place = f"{file.resolve().parent.name}/{file.name}"
        wrong = [*wrong, Problem("error", words("check.profile_taken", word=one.key), file=place)]
    return wrong


def open_profile_file(file: Path) -> Profile:
    """Return the profile of a file, such as a draft.

    Raises
    ------
    LayerFileError
        The file has faults; all are listed.

    Examples
    --------
    >>> open_profile_file(Path("none.toml"))
    Traceback (most recent call last):
    qmgis.errors.LayerFileError: ...none.toml: ...
    """
    one, wrong = read_profile(file)
    if one is None:
        raise faulty(wrong)
    return one


def profile(key: str, *, known: Mapping[str, Profile] | None = None) -> Profile:
    """Return a profile by key, or say which there are.

    Parameters
    ----------
    key
        Such as ``"mss-2021"``.
    known
        Where to look; the shipped ones by default.

    Raises
    ------
    UnknownKeyError
        If there is no such profile.

    Examples
    --------
    >>> profile("mss-2021").status
    ('unemployment', 'transfer', 'child_poverty')
    """
    all_known = profiles() if known is None else known
    if key not in all_known:
        raise UnknownKeyError(
            f'There is no method profile "{key}".{did_you_mean(key, all_known)}',
            de=f'Es gibt kein Methodenprofil "{key}".{did_you_mean(key, all_known, lang="de")}',
        )
    return all_known[key]


def read_profile(file: Path) -> tuple[Profile | None, list[Problem]]:
    """Return the profile of a TOML file, or None where it has faults, and every fault with its line.

    Examples
    --------
    >>> read_profile(Path("none.toml"))[1][0].level
    'error'
    """
    table, place, found = read_toml(file)
    if table is None:
        return None, found
    methods: Mapping[str, Method] = collect("qmgis.methods", "METHOD")
    blocks = {name: table[name] for name in (*BLOCKS, "rules") if name in table}
    found += faults({key: value for key, value in table.items() if key not in blocks}, _head(methods), place=place)
    for name, block in blocks.items():
        check = rule_faults if name == "rules" else _block_faults
        found += check(block, Place(place.file, place.text, name))
    if found:
        return None, found
    wanted = methods[table["method"]].blocks
    if tuple(blocks) != wanted and set(blocks) != set(wanted):
        what = words("check.profile_blocks", method=table["method"], blocks=", ".join(f"[{name}]" for name in wanted))
        return None, [Problem("error", what, file=place.file)]
    made = _profile(table, {name: _block(blocks[name]) for name in wanted if name in BLOCKS})
    wrong = list(_class_faults(made, place))
    return (None, wrong) if wrong else (made, [])


def _head(methods: Mapping[str, Method]) -> dict[str, Key]:
    return {
        "key": Key(schema.NAME, required=True),
        "method": Key(one_of(tuple(methods)), required=True),
        "title": Key(schema.TEXT_PAIR, required=True),
        "source": Key(schema.TEXT, required=True),
        "verified": Key(schema.BOOLEAN),
        "note": Key(schema.TEXT_PAIR),
        "residents": Key(schema.TEXT),
        "min_residents": Key(schema.WHOLE),
        "attention": Key(schema.TEXTS),
        "low": Key(schema.TEXTS),
    }


def _number(test: Callable[[float], bool]) -> Rule:
    return Rule("check.want_number", lambda value: is_number(value) and test(value))


PAIR = Rule("check.want_pair", lambda value: isinstance(value, list) and len(value) == 2 and all(map(is_number, value)))
SHAPE: dict[str, Key] = {
    "indicators": Key(schema.TEXTS, required=True),
    "of": Key(one_of(("value", "change"))),
    "directions": Key(table_of(Rule("", lambda value: value in (1, -1)), wanted="check.want_directions")),
    "domains": Key(table_of(schema.TEXT, wanted="check.want_table")),
    "weights": Key(table_of(_number(lambda value: value >= 0), wanted="check.want_weights")),
    "domain_weights": Key(table_of(_number(lambda value: value >= 0), wanted="check.want_weights")),
    "weigh": Key(one_of(("given", *WEIGH))),
    "fill": Key(one_of(tuple(FILL))),
    "treat": Key(one_of(("none", "outliers"))),
    "normalise": Key(one_of(tuple(NORMALISE))),
    "aggregate": Key(one_of(tuple(AGGREGATE))),
    "domain_normalise": Key(one_of(tuple(NORMALISE))),
    "domain_aggregate": Key(one_of(tuple(AGGREGATE))),
    "again": Key(one_of(tuple(AGAIN))),
    "ddof": Key(Rule("check.want_ddof", lambda value: value in (0, 1) and not isinstance(value, bool))),
    "to": Key(PAIR),
    "goalposts": Key(table_of(PAIR, wanted="check.want_pairs")),
    "digits": Key(schema.COUNTED),
    "least_weight": Key(_number(lambda value: 0 < value <= 1)),
    "constant": Key(one_of(("stop", "drop"))),
    "classes": Key(schema.TEXTS, required=True),
    "names": Key(table_of(schema.TEXT_PAIR, wanted="check.want_table")),
    "limits": Key(schema.NUMBERS),
    "owns": Key(listed(one_of(get_args(Side)))),
    "quantiles": Key(schema.COUNTED),
    "flagged_from": Key(_number(lambda _: True)),
}
# What goes into `Steps` as it stands; the rest is made into it.
OPTIONS = (
    "weights", "domains", "domain_weights", "weigh", "fill", "treat", "normalise", "aggregate", "domain_normalise",
    "domain_aggregate", "again", "ddof", "digits", "least_weight", "constant",
)  # fmt: skip


def _block_faults(block: object, place: Place) -> list[Problem]:
    """Return what is wrong with the table of one block: its keys, then what they owe each other."""
    if not isinstance(block, dict):
        return faults({place.table: block}, {place.table: Key(schema.TABLE)}, place=Place(place.file, place.text))
    found = faults(block, SHAPE, place=place)
    if found:
        return found
    keys, limits = block["indicators"], block.get("limits", [])
    doubled = sorted({key for key in keys if keys.count(key) > 1})
    checks: list[tuple[bool, str, str, dict[str, object]]] = [
        (not keys, "indicators", "check.profile_empty", {}),
        (bool(doubled), "indicators", "check.profile_doubled", {"shown": ", ".join(doubled)}),
        (bool(limits) == bool(block.get("quantiles")), "limits", "check.profile_limits_or_quantiles", {}),
        (any(b <= a for a, b in pairwise(limits)), "limits", "check.profile_not_increasing", {}),
        (
            len(block["classes"]) != (block.get("quantiles") or len(limits) + 1), "classes", "check.profile_classes",
            {"count": len(block["classes"]), "wanted": block.get("quantiles") or len(limits) + 1},
        ),
        ("owns" in block and len(block["owns"]) != len(limits), "owns", "check.profile_owns", {"count": len(limits)}),
        (
            block.get("weigh", "given") != "given" and block.get("aggregate", "sum") == "sum", "weigh",
            "check.profile_weigh_sum", {},
        ),
    ]  # fmt: skip
    for name in ("directions", "domains", "weights", "goalposts", "domain_weights"):
        known = set(block.get("domains", {}).values()) if name == "domain_weights" else set(keys)
        for key in sorted(set(block.get(name, {})) - known):
            hint = Text(did_you_mean(key, known, lang="de"), did_you_mean(key, known))
            checks.append((True, name, "check.profile_unknown", {"table": name, "word": key, "hint": hint}))
    if block.get("domains") and set(block["domains"]) != set(keys):
        left = ", ".join(key for key in keys if key not in block["domains"])
        checks.append((bool(left), "domains", "check.profile_no_domain", {"shown": left}))
    for name in ("weights", "domain_weights"):
        given = block.get(name, {})
        checks.append((bool(given) and not sum(given.values()), name, "check.profile_weightless", {"table": name}))
    found = [
        Problem("error", words(message, **told), file=place.file, row=place.row(key))
        for wrong, key, message, told in checks
        if wrong
    ]
    return found or list(_sum_faults(block, place))


def _sum_faults(block: Mapping[str, Any], place: Place) -> Iterator[Problem]:
    """Return weights that are written as shares and do not add up to 1, those that are not named counting as 1."""
    domains = block.get("domains", {})
    groups: dict[str, dict[str, list[str]]] = {"weights": {}, "domain_weights": {}}
    for key in block["indicators"]:
        groups["weights"].setdefault(domains.get(key, ""), []).append(key)
    groups["domain_weights"][""] = list(dict.fromkeys(domains.values()))
    steps = {"weights": block.get("aggregate", "sum"), "domain_weights": block.get("domain_aggregate", "sum")}
    for name, parts in groups.items():
        given = block.get(name, {})
        for keys in parts.values():
            whole = sum(float(given.get(key, 1.0)) for key in keys)
            as_shares = any(0 < given.get(key, 1) < 1 for key in keys)
            if as_shares and steps[name] != "sum" and abs(whole - 1) > SLACK:
                told = {"table": name, "shown": ", ".join(keys), "sum": f"{whole:.4g}"}
                yield Problem("error", words("check.profile_sum", **told), file=place.file, row=place.row(name))


def _block(block: Mapping[str, Any]) -> Block:
    own = {key: block[key] for key in OPTIONS if key in block}
    directions = {key: block.get("directions", {}).get(key, 0) for key in block["indicators"]}
    goalposts = {key: (float(pair[0]), float(pair[1])) for key, pair in block.get("goalposts", {}).items()}
    to = block.get("to", [0.0, 1.0])
    steps = Steps(directions=directions, goalposts=goalposts, to=(float(to[0]), float(to[1])), **own)
    return Block(
        steps=steps,
        of=block.get("of", "value"),
        classes=tuple(block["classes"]),
        names={key: to_text(text) for key, text in block.get("names", {}).items()},
        limits=tuple(map(float, block.get("limits", ()))),
        owns=tuple(block.get("owns", ["below"] * len(block.get("limits", ())))),
        quantiles=block.get("quantiles", 0),
        flagged_from=block.get("flagged_from"),
    )


def _profile(table: Mapping[str, Any], blocks: Mapping[str, Block]) -> Profile:
    rules = rules_of(table["rules"]) if "rules" in table else None
    flagged = rules.classes[1:] if rules else ()
    return Profile(
        key=table["key"],
        method=table["method"],
        title=to_text(table["title"]),
        source=table["source"],
        verified=table.get("verified", False),
        blocks=MappingProxyType(dict(blocks)),
        residents=table.get("residents", "population"),
        min_residents=table.get("min_residents", 300),
        attention=tuple(table.get("attention", flagged)),
        low=tuple(table.get("low", flagged)),
        note=to_text(table["note"]) if "note" in table else None,
        rules=rules,
    )


def _class_faults(made: Profile, place: Place) -> list[Problem]:
    """Return words for attention that are no class (no group) of the profile."""
    cut = [block.classes for block in made.blocks.values()] if made.rules is None else [made.rules.classes]
    groups = tuple("".join((one, other)) for one in cut[0] for other in cut[-1])
    found = []
    for name, given, fitting in (
        ("attention", made.attention, cut[0] if len(cut) == 1 else groups), ("low", made.low, cut[0]),
    ):  # fmt: skip
        for word in (one for one in given if one not in fitting):
            what = words("check.profile_class", name=name, word=word, known=", ".join(fitting))
            found.append(Problem("error", what, file=place.file, row=place.row(name)))
    return found
