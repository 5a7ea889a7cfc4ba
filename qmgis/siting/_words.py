"""Sentences of proposals and changes, in both languages and without praise."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from qmgis.core.siting.models import Siting
from qmgis.coverage import amount, group_title
from qmgis.i18n import keys, number, percent
from qmgis.model import AreaLayer, Network, PlaceLayer, ResidentLayer, Secrecy, Text, words

__all__ = ["caveats", "sentence_of", "sentence_of_change", "summary_of"]

NAMED = 3  # alternatives named in a sentence


def caveats(residents: ResidentLayer, places: PlaceLayer | None, network: Network | None) -> list[Text]:
    """Return what a reader has to know before believing the numbers, in the words of coverage."""
    found = []
    if network is None:
        found.append(words("coverage.warning_straight_line"))
    if residents.origin_type == "area":
        found.append(words("coverage.warning_areas"))
    found += residents.notes
    if places is not None and not places.complete:
        found.append(words("coverage.warning_incomplete", places=places.title))
    return found


def sentence_of(
    row: pd.Series, names: Mapping[str, Text], key: str, group: str, within_m: float, areas: AreaLayer | None
) -> Text:  # fmt: skip
    """Return one sentence for one proposal, from what of it is shown."""
    name = place = names[key]
    if areas is not None and row["area"] is not None:
        title = str(areas.frame["name"][row["area"]])
        place = words("siting.place_in", name=name, area=title)
    if pd.isna(row["newly"]):
        return words("siting.proposal_too_few", place=place)
    said = {"place": place, "newly": amount(row["newly"]), "group": group_title(group), "within": amount(within_m)}
    parts = [words("siting.proposal", **said)]
    if pd.notna(row["newly_attention"]):
        parts.append(words("siting.proposal_attention", attention=amount(row["newly_attention"])))
    parts.extend(_ways(row))
    if row["overlap"] > 0:
        parts.append(words("siting.proposal_overlap", overlap=amount(row["overlap"])))
    parts.extend((_others(row, names), _holds(row)))
    return Text("".join(part.de for part in parts) + ".", "".join(part.en for part in parts) + ".")


def summary_of(
    siting: Siting, before: float, everybody: float, parameters: Mapping[str, object], limits: Secrecy, *, is_open: bool
) -> Text:
    """Return one sentence for all proposals: reach before and after, how sure it is, and what was asked."""
    parts = []
    hidden = any(0 < number < limits.min_count for number in (before, everybody - before))
    if not len(siting.chosen):
        parts.append(words("siting.summary_none"))
    elif is_open and not hidden:
        said = {
            "n": amount(len(siting.chosen)), "before": amount(before), "after": amount(siting.reached),
            "everybody": amount(everybody), "share": _percent(siting.reached_share),
        }  # fmt: skip
        parts.append(words("siting.summary", **said))
    else:
        parts.append(words("siting.summary_too_few", count=amount(len(siting.chosen))))
    if not len(siting.chosen) and siting.is_best:
        pass  # nothing to be surer of
    elif siting.is_best:
        known = {True: "siting.sure_only", False: "siting.sure_others", None: "siting.sure"}
        parts.append(words(known[siting.is_unique]))
    else:
        parts.append(words("siting.unsure", gap=_percent(siting.gap)))
    if parameters["equity"]:
        weight = float(str(parameters["equity"]))
        digits = 0 if weight == round(weight) else 1
        both = Text(number(1 + weight, "de", digits=digits), number(1 + weight, "en", digits=digits))
        parts.append(words("siting.equity", weight=both))
    return Text(" ".join(part.de for part in parts), " ".join(part.en for part in parts))


def sentence_of_change(total: pd.Series, group: str, within_m: float, new: pd.Series | None = None) -> Text:
    """Return who gains and who loses, and who of new housing is reached, from what is shown of all areas."""
    said = {name: total[f"{name}_{group}"] for name in ("gain", "lose", "reached_before", "reached_after", "residents")}
    if pd.isna([said["gain"], said["lose"], said["residents"]]).any():
        return words("siting.change_too_few")
    told = {name: amount(value) for name, value in said.items() if pd.notna(value)}
    key = "siting.change" if len(told) == len(said) else "siting.change_alone"
    found = words(key, group=group_title(group), within=amount(within_m), **told)
    if new is None or pd.isna(new.get(f"reached_{group}")):
        return found
    more = words("siting.change_new", new=amount(new[f"residents_{group}"]), reached=amount(new[f"reached_{group}"]))
    return Text(f"{found.de} {more.de}", f"{found.en} {more.en}")


def _ways(row: pd.Series) -> list[Text]:
    if pd.isna(row["median_after_m"]):
        return []
    after = amount(row["median_after_m"])
    if pd.isna(row["median_before_m"]):
        return [words("siting.proposal_way_new", after=after)]
    return [words("siting.proposal_way", after=after, before=amount(row["median_before_m"]))]


def _others(row: pd.Series, called: Mapping[str, Text]) -> Text:
    others = row["alternatives"]
    if not others:
        return words("siting.others_none")
    told = [called[other] for other in others[:NAMED]]
    names = Text(", ".join(one.de for one in told), ", ".join(one.en for one in told))
    if len(others) > NAMED:
        return words("siting.others_more", names=names, more=amount(len(others) - NAMED))
    return words("siting.others", names=names)


def _holds(row: pd.Series) -> Text:
    trials = {str(name).removeprefix("holds_"): bool(row[name]) for name in row.index if str(name).startswith("holds_")}
    if not trials:
        return Text("", "")
    holds = all(trials.values())
    known = {key.removeprefix("siting.trial_") for key in keys() if key.startswith("siting.trial_")}
    told = [name for name, held in trials.items() if holds or not held]
    each = [words(f"siting.trial_{name}") if name in known else Text(name, name) for name in told]
    named = Text(", ".join(one.de for one in each), ", ".join(one.en for one in each))
    return words("siting.holds_all" if holds else "siting.holds_not", trials=named)


def _percent(share: float) -> Text:
    return Text(percent(share, "de"), percent(share, "en"))
