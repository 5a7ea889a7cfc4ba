"""Framework conditions and standards in short: how many stand at which level, and which do not."""

from __future__ import annotations

import pandas as pd

from qmgis.i18n import number, say
from qmgis.model import Lang
from qmgis.quality import answered
from qmgis.reports._material import Material
from qmgis.reports._profile import Section, Table
from qmgis.reports._sections import Maker

__all__ = ["SECTION"]


def _make(material: Material) -> Section | None:
    found, lang = material.judged, material.lang
    if found is None:
        return None
    lists = {"conditions": found.conditions, "standards": found.standards}
    counts = {key: answered(table) for key, table in lists.items()}
    levels = [str(level) for level in counts["conditions"]["level"]]
    rows = tuple((say(f"reports.list_{key}", lang), *(number(n, lang) for n in table["items"]))
                 for key, table in counts.items())  # fmt: skip
    heads = (say("reports.head_list", lang), *(say(f"quality.level_{level}", lang) for level in levels))
    table = Table(say("reports.table_conditions", lang), heads, rows, numbers=len(levels))
    points = tuple(
        say(f"reports.conditions_{key}", lang, items=said)
        for key, level in (("begun", "1"), ("not", "0")) if (said := _named(found.conditions, level, lang))
    )  # fmt: skip
    return Section(
        "conditions", say("reports.conditions", lang), tables=(table,), points=points,
        remarks=(say("reports.conditions_remark", lang),),
    )  # fmt: skip


def _named(table: pd.DataFrame, level: str, lang: Lang) -> str:
    """Return the conditions at a level in words."""
    texts = table.loc[table["level"] == level, f"text_{lang}"]
    return "; ".join(str(text).rstrip(".") for text in texts)


SECTION = Maker("conditions", 74, _make)
