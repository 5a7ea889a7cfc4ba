from dataclasses import replace

from qmgis.app.address import ViewState
from qmgis.app.key import legend_panel
from qmgis.runs.compute import compute
from tests.app.test_area import _text as text_of
from tests.toy import toy_city

KITA = ViewState(mode="kita_share")
SIGN = {"de": "Menschen außerhalb der Reichweite", "en": "People out of reach"}


def _signs(outcome, lang="de") -> tuple[list[str], str]:
    """The signs of a coverage map's legend, and all that it says."""
    shown = legend_panel(outcome, KITA, lang)
    signs = [part for part in shown if getattr(part, "className", "") == "legend"][-1]
    return [text_of(entry).strip() for entry in signs.children], text_of(shown)


def test_the_legend_has_the_signs_that_the_map_draws(toy_outcome):
    signs, said = _signs(toy_outcome)
    assert signs[1:] == ["Einrichtung", SIGN["de"]]
    assert "unvollständig" not in said


def test_an_incomplete_list_has_no_gaps_and_says_why():
    city = toy_city()
    partial = {"kita": replace(city.places["kita"], complete=False)}
    outcome = compute(replace(city, places=partial), "mss-2024")
    for lang, why in (("de", "unvollständig"), ("en", "incomplete")):
        signs, said = _signs(outcome, lang)
        assert SIGN[lang] not in signs
        assert why in said


def test_without_squares_the_sign_is_not_promised(toy_outcome):
    signs, said = _signs(replace(toy_outcome, gaps=None))
    assert SIGN["de"] not in signs
    assert "Es gibt keine" in said


def test_without_places_the_dot_is_not_promised(toy_outcome):
    layer = toy_outcome.places["kita"]
    empty = replace(toy_outcome, places={"kita": replace(layer, frame=layer.frame.iloc[:0])})
    assert "Einrichtung" not in _signs(empty)[0]
