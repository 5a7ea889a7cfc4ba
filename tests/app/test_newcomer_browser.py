"""What annoyed people with a city of their own: sliders by mouse, long file names and many pages on a phone."""

from __future__ import annotations

import pytest

from tests.app.test_browser import SHAPES

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 800}
LONG = "stadt/" + "daten_fuer_die_stadtteilprofile_" * 4 + ".csv"


@pytest.fixture
def phone(browser, address):
    context = browser.new_context(viewport=PHONE)
    page = context.new_page()
    yield page
    context.close()


def test_a_slider_is_drawn_with_the_mouse_and_counts_once_at_rest(watched):
    page = watched.open("/whatif", until=SHAPES)
    slider, exact = page.locator("#whatif-status-weight-2-slider"), page.locator("#whatif-status-weight-2-number")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    height = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] / 3, height)
    page.mouse.down()
    for part in (0.5, 0.6, 0.7, 0.8, 0.9):
        page.mouse.move(box["x"] + box["width"] * part, height)
    shown = exact.input_value()
    page.mouse.up()
    assert 2.4 <= float(shown) <= 2.9
    page.wait_for_selector("text=Versuch mit 1 geänderten Wert, nicht amtlich")
    assert exact.input_value() == slider.input_value() == shown
    assert f"transfer%3A{shown}" in page.url


def test_a_long_file_name_in_a_warning_wraps_on_a_phone(phone, address):
    phone.goto(address + "/data_method")
    phone.wait_for_selector("ul.plain li")
    phone.eval_on_selector_all("ul.plain li", f"(all) => all.forEach((one) => {{ one.textContent = '{LONG}'; }})")
    assert phone.evaluate("() => document.documentElement.scrollWidth") <= PHONE["width"]


def test_on_a_phone_the_pages_stand_in_lines_below_the_city(phone, address):
    phone.goto(address + "/")
    phone.wait_for_selector("nav a")
    assert phone.locator(".top").bounding_box()["height"] <= 190  # four rooms in two lines, pages of one in two
    city, language = phone.locator(".brand").bounding_box(), phone.locator(".language").bounding_box()
    assert abs(city["y"] - language["y"]) < 20
