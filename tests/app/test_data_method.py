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
