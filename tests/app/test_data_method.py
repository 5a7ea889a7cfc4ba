from qmgis.app.main import show
from tests.app.test_area import _text


def _page(city, search: str = "") -> str:
    return _text(show("/data_method", search, None, city=city)[0])


def test_every_layer_has_source_licence_and_files(city):
    text = _page(city)
    for layer in city.layers:
        assert layer.title.de in text
        assert layer.credit in text
        assert layer.licence in text
        assert all(file.sha256 in text and file.path in text for file in layer.files)


def test_left_out_areas_have_reason_and_decision(city):
    text = _page(city)
    for words in ("Gebiet 6", "Ausreißer", "Gewerbegebiet", "zu wenige Einwohner", "Indikator fehlt"):
        assert words in text


def test_the_method_sheet_has_formula_limits_and_recipe(city):
    from qmgis.app.results import outcome_of

    text = _page(city, "?lang=en")
    for words in ("z = (share − mean)", "-1.00 | +1.00 | +1.50", "Monitoring Soziale Stadtentwicklung 2021"):
        assert words in text
    assert outcome_of(city, "mss-2024").recipe.id in text


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
        "In jedem Bereich: Gewichtetes Mittel der Indikatoren",
        "Über die Bereiche: Gewichtetes Mittel der Bereiche",
        "Arbeit (2)",
        "hoch ist mehr Benachteiligung",
        "ab 0,4, unter 0,75",
        "Besonderer Aufmerksamkeitsbedarf: Klasse „hoch“",
        "nach Dokumentation",
        "a test",
    ):
        assert words in text
    assert "Standardabweichung" not in text.split("Mittel und Streuung")[0]
    tenths = _page(own, "?run=tenths-2024&lang=en")
    assert "Geometric mean of the indicators" in tenths
    assert "stretched from 1 (least value) to 100" in tenths
    assert "10 parts of equal size by the rank" in tenths
    assert "Domain (weight)" not in tenths


def test_every_step_that_a_profile_may_ask_for_has_words():
    from qmgis.core.composite import AGAIN, AGGREGATE, FILL, NORMALISE, WEIGH
    from qmgis.i18n import keys

    steps = {"fill": set(FILL) - {"none"}, "normalise": NORMALISE, "weigh": {"given", *WEIGH}, "again": AGAIN}
    asked = {f"app.{step}_{key}" for step, known in {**steps, "aggregate": AGGREGATE}.items() for key in known}
    assert asked <= set(keys())


def test_a_verified_profile_says_so(city):
    assert "gibt die veröffentlichten Ergebnisse" in _page(city)
