import pytest

from qmgis.app.address import ViewState, format_address
from qmgis.app.main import show
from qmgis.app.pages.area import draw_charts
from qmgis.errors import QmgisError
from tests.toy import HOSTILE, area_ids

LAST, FIRST = area_ids()[-1], area_ids()[0]


def _text(component) -> str:
    if isinstance(component, str):
        return component
    if isinstance(component, list | tuple):
        return " ".join(_text(part) for part in component)
    return _text(getattr(component, "children", "") or "")


def _page(city, search: str) -> str:
    return _text(show("/area", search, None, city=city)[0])


def test_the_profile_says_it_in_words(city):
    text = _page(city, f"?area={LAST}")
    assert "Status sehr niedrig, Dynamik negativ" in text
    assert "Arbeitslosigkeit" in text
    assert "MSS 2022" in text
    assert "Hinweise, keine Urteile" in text


def test_the_profile_speaks_english(city):
    text = _page(city, f"?area={LAST}&lang=en")
    assert "Unemployment" in text
    assert "How close are the limits?" in text
    assert "Arbeitslosigkeit" not in text


@pytest.mark.parametrize(("lang", "word"), [("de", "Median des Wegs"), ("en", "median of the distance")])
def test_the_median_is_called_a_median(city, lang, word):
    text = _page(city, f"?area={LAST}&lang={lang}")
    assert word in text
    assert "mittlerer Weg" not in text


def test_charts_follow_for_both_indices_and_times(city):
    why, course = draw_charts(format_address(ViewState(page="area", area=LAST)), city=city)
    assert (len(why), len(course)) == (2, 2)


def test_a_left_out_area_says_why_and_has_no_contributions(city):
    text = _page(city, f"?area={FIRST}")
    assert "zu wenige Einwohner" in text
    why, _ = draw_charts(format_address(ViewState(page="area", area=FIRST)), city=city)
    assert why == []


@pytest.mark.parametrize("area", ["", "99999999", "%3Cscript%3E"])
def test_an_unknown_area_is_a_notice(city, area):
    assert "Bitte ein Gebiet wählen" in _page(city, f"?area={area}")


def test_a_hostile_name_stays_text(city):
    assert HOSTILE in _page(city, f"?area={area_ids()[3]}")


def test_charts_of_an_unknown_area_are_an_error_of_ours(city):
    with pytest.raises(QmgisError):
        draw_charts("/area?area=nowhere", city=city)
