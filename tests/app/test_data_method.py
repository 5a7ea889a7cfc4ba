from dataclasses import replace

import pytest

from qmgis.app.main import show
from qmgis.model import LayerInfo, Text
from tests.app.test_area import _text
from tests.toy import toy_city


def _page(city, search: str = "") -> str:
    return _text(show("/data_method", search, None, city=city)[0])


def test_every_layer_has_source_licence_and_files(city):
    text = _page(city)
    for layer in city.layers:
        assert layer.title.de in text
        assert layer.credit in text
        assert layer.licence in text
        assert all(file.sha256 in text and file.path in text for file in layer.files)


def test_a_layer_of_residents_says_what_its_places_are():
    """Residents of blocks on buildings: the kind of origin, whose people they are, and how they came there."""
    city = toy_city()
    key = next(iter(city.residents))
    note = Text("Einwohner verteilt nach Grundfläche.", "People divided by footprint.")
    laid = replace(city.residents[key], origin_type="building", spread="blocks", notes=(note,))
    info = LayerInfo(key, "residents", laid.title, "CC0 1.0", "test", ())
    city = replace(city, residents={key: laid}, layers=(*(one for one in city.layers if one.key != key), info))
    assert "Gebäude, Einwohner verteilt aus blocks. Einwohner verteilt nach Grundfläche." in _page(city)
    assert "buildings, people divided from blocks. People divided by footprint." in _page(city, "?lang=en")


def test_left_out_areas_have_reason_and_decision(city):
    text = _page(city)
    for words in ("Gebiet 6", "Ausreißer", "Gewerbegebiet", "zu wenige Einwohner", "Indikator fehlt"):
        assert words in text


def test_the_method_sheet_has_formula_limits_and_recipe(city):
    from qmgis.app.results import outcome_of

    text = _page(city, "?lang=en")
    for words in ("y = (v - m) / s", "above 1 up to and including 1.5", "Monitoring Soziale Stadtentwicklung 2021"):
        assert words in text
    assert outcome_of(city, "mss-2024").recipe.id in text


@pytest.mark.parametrize(
    ("lang", "said"),
    [("de", ("Wie ungleich verteilt?", "müsste, damit ihr Anteil überall gleich wäre", "Für Prioritäten ist es kein")),
     ("en", ("How uneven?", "for its share to be the same everywhere", "It is no criterion for priorities"))],
)  # fmt: skip
def test_segregation_stands_beside_chance_and_says_how_to_read_it(lang, said):
    from qmgis.app.results import outcome_of
    from qmgis.i18n import number
    from qmgis.runs.demo import demo_city

    demo = demo_city()
    text = _page(demo, f"?run=mss-2024&lang={lang}")
    assert all(word in text for word in said)
    for _, row in outcome_of(demo, "mss-2024").segregation.iterrows():
        three = {name: number(row[name], lang, digits=3) for name in ("dissimilarity", "expected", "expected_sd")}
        assert "{dissimilarity} {expected} ± {expected_sd}".format(**three) in text


def test_a_run_without_counts_has_no_segregation_and_says_why(city):
    from qmgis.app.results import outcome_of

    assert outcome_of(city, "mss-2024").segregation is None
    assert "müssten die Personenzahlen hinter den Anteilen bekannt sein" in _page(city)


def test_every_warning_is_said(city):
    from qmgis.app.results import outcome_of

    text = _page(city)
    assert outcome_of(city, "mss-2024").warnings
    assert all(warning.de in text for warning in outcome_of(city, "mss-2024").warnings)


def test_the_sheet_of_an_own_index_says_every_step():
    from tests.views.made import composite_city

    own = composite_city()
    text = _page(own, "?run=own-2024")
    for words in (
        "Prozentrang",
        "5b. Bereiche zusammenfassen",
        "Arbeit (2)",
        "mehr ist mehr Belastung",
        "ab 0,4 unter 0,75",
        "high (hoch)",
        "wie dokumentiert",
        "a test",
    ):
        assert words in text
    assert "Standardwert" not in text
    tenths = _page(own, "?run=tenths-2024&lang=en")
    assert "weighted geometric mean" in tenths
    assert "stretched to 1 (smallest value) to 100" in tenths
    assert "part 10, counted from the least to the most burden" in tenths
    assert "In this run" in tenths
    assert "Domain (weight)" not in tenths


def test_a_verified_profile_says_so(city):
    assert "geprüft: gibt die Zahlen der Herausgeberin wieder" in _page(city)
