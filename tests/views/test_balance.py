"""Charts of the balance: what a city calls its kinds is text, never markup."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from qmgis.balance import balance
from qmgis.io.rules.catalogues import code_lists
from qmgis.model import Text
from qmgis.views.balance import shares_chart

LINK = '<a href="https://example.org/">Klick</a>'


def test_words_of_a_city_are_shown_as_they_are():
    measures = pd.DataFrame({"measure": ["M1"], "main_field": ["HF1"], "kind": ["INV"], "investive_share": [1.0]})
    costs = pd.DataFrame(
        {"measure": ["M1"], "year": [2024], "source": ["SZ"], "planned_ct": [9], "approved_ct": [9], "spent_ct": [9]}
    )
    kinds = code_lists()["kinds"]
    hostile = {**kinds.codes, "INV": replace(kinds.codes["INV"], title=Text(LINK, LINK))}
    found = shares_chart(balance(measures, costs), {"HF1": Text(LINK, LINK)},
                         codes={"kinds": replace(kinds, codes=hostile)})  # fmt: skip
    assert "<a " not in found.to_json().replace("\\u003c", "<")
    assert "&lt;a href" in found.data[0].name
