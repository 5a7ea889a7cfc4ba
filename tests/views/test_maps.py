"""A map is one file: nothing foreign, same bytes, the words of the table, and no name ever runs."""

import dataclasses
import json
import re
from html import escape
from html.parser import HTMLParser

import folium
import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from shapely.geometry import MultiPolygon, Point, box

from qmgis.errors import MissingColumnError, UnknownKeyError, VintageError
from qmgis.model import Column, Text
from qmgis.runs.steps import reach
from qmgis.views import maps
from qmgis.views._geometry import outlines
from qmgis.views._page import json_block
from qmgis.views.backdrop import STROKES
from qmgis.views.programme import LINES
from tests import toy
from tests.views import made

HOSTILE = [
    '<img src=x onerror="window.__xss=1">',
    "</script><script>window.__xss=2</script>",
    "</td></tr></table><svg onload=window.__xss=3>",
    "`${window.__xss=4}`",
    '"\' onmouseover="window.__xss=5"',
    "{{ 7 * 191 }}{% for x in y %}{# #}",
    "Zeile eins\nZeile zwei\r\u2028",
    "\u202eabc \u05d0\u05d1\u05d2",
    "javascript:window.__xss=6",
    "<!--<script>",
    "&lt;b&gt; &amp; ]]>",
]


def hostile(text):
    """The toy city with one hostile text in every place where a text can be."""
    areas = toy.toy_areas()
    frame = areas.frame.copy()
    frame["name"] = [text] * len(frame)
    frame["parent"] = text
    places = toy.toy_places()
    dots = places.frame.copy()
    dots["name"] = text
    both = made.Text(text, text)
    areas = dataclasses.replace(areas, frame=frame, title=both, credit=text)
    outcome = made.outcome_of(areas, toy.toy_table(), places=dataclasses.replace(places, frame=dots, title=both))
    columns = tuple(
        dataclasses.replace(
            c, title=both, note=both, unit=both, codes=dict.fromkeys(c.codes, both) if c.key != "group" else c.codes
        )
        for c in outcome.columns
    )
    return dataclasses.replace(
        outcome, columns=columns, credits=(text,), note=both, warnings=(both,), city_title=both,
        run=dataclasses.replace(outcome.run, title=both),
        themes={"kita": dataclasses.replace(made.THEME, title=both)}, backdrop=toy.toy_backdrop(),
    )  # fmt: skip


class Seen(HTMLParser):
    """Collects what a browser would fetch, and the elements."""

    def __init__(self):
        super().__init__()
        self.fetched, self.tags, self.scripts, self._script, self.ids = [], [], [], False, []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.append(value)
            if name in {"src", "srcset", "href", "data", "poster", "action", "formaction", "xlink:href", "background"}:
                self.fetched.append(value)
            if name == "style":
                self.fetched += re.findall(r"url\(([^)]*)\)", value)
        self._script = tag == "script"

    def handle_data(self, data):
        if self._script:
            self.scripts.append(data)


def seen(content: bytes) -> Seen:
    parser = Seen()
    parser.feed(content.decode())
    return parser


@pytest.fixture(scope="module")
def outcome():
    return dataclasses.replace(made.made_outcome(), backdrop=toy.toy_backdrop())


@pytest.fixture(scope="module")
def content(outcome):
    return maps.page(maps.outcome_map(outcome))


def table_of(content):
    body = content.decode().split('<table id="qm-table">')[1].split("</table>")[0]
    rows = body.split("<tr>")[2:]
    return [[re.sub(r"<[^>]+>", "", cell) for cell in re.split(r"<t[dh][^>]*>", row)[1:]] for row in rows]


def test_a_page_fetches_nothing(content):
    text = content.decode()
    assert [url for url in seen(content).fetched if not url.startswith(("#", "data:"))] == []
    styles = "".join(re.findall(r"<style>(.*?)</style>", text, re.DOTALL))
    assert "@import" not in styles
    assert [u for u in re.findall(r"url\(([^)]*)\)", styles) if not u.strip("'\"").startswith(("#", "data:"))] == []
    assert "default-src 'none'" in text
    assert "integrity" not in text
    assert not re.search(r"<(link|iframe|object|embed|base)\b", text)


def test_stock_folium_would_fetch():
    """The scan can fail: a bare folium map is caught by it."""
    stock = seen(folium.Map().get_root().render().encode())
    assert [url for url in stock.fetched if url.startswith("http")]


def test_two_renderings_are_equal_byte_by_byte(outcome, content):
    assert maps.page(maps.outcome_map(outcome)) == content
    city_map = maps.outcome_map(outcome)
    assert maps.page(city_map) == maps.page(city_map)


def test_ids_are_unique(content):
    ids = seen(content).ids
    assert len(ids) == len(set(ids))


def test_what_folium_saves_is_the_same_page(outcome, content, tmp_path):
    maps.outcome_map(outcome).save(str(tmp_path / "m.html"))
    assert (tmp_path / "m.html").read_bytes() == content


@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_page_says_where_it_comes_from(outcome, lang):
    text = maps.page(maps.outcome_map(outcome, lang=lang)).decode()
    for part in (
        outcome.recipe.id, outcome.credits[0], outcome.note.to(lang), outcome.warnings[0].to(lang), "2024",
        outcome.run.title.to(lang), outcome.city_title.to(lang), {"de": "Luftlinie", "en": "straight line"}[lang],
        f'<html lang="{lang}">',
    ):  # fmt: skip
        assert part in text


def test_walking_distance_is_not_called_a_straight_line(outcome):
    walked = made.coverage_of(outcome.areas, distance="network")
    text = maps.page(maps.outcome_map(dataclasses.replace(outcome, coverage={"kita": walked}))).decode()
    assert "Entfernungen sind Luftlinien" not in text
    assert "(Fußweg)" in text


def test_the_table_holds_every_area_with_german_numbers(outcome, content):
    rows = table_of(content)
    assert [row[1] for row in rows] == list(outcome.areas.frame.index)
    area = outcome.table.iloc[14]
    flat = " ".join(rows[14])
    assert f"{area['population']:,.0f}".replace(",", ".") in flat
    assert f"{area['status_index']:.2f}".replace(".", ",") in flat
    assert f"{100 * area['value_transfer']:.1f} %".replace(".", ",") in flat


def test_an_empty_cell_says_why(content):
    rows = table_of(content)
    assert "– (zu wenige Einwohner)" in rows[0]
    assert "– (geheim)" in rows[9]
    assert "– (keine Einwohner)" in rows[1]


def test_geometry_is_written_once(content):
    data = json.loads(re.search(r'id="qm-data">(.*?)</script>', content.decode(), re.DOTALL)[1])
    assert len(data["areas"]) == 30
    assert len(data["views"]) == 9
    assert all(len(view["entry"]) == 30 for view in data["views"])
    assert "name" not in data


@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_saved_map_offers_what_the_dashboard_maps(outcome, lang):
    from qmgis.app.view import modes

    data = json.loads(
        re.search(r'id="qm-data">(.*?)</script>', maps.page(maps.outcome_map(outcome, lang=lang)).decode(), re.DOTALL)[
            1
        ]
    )
    offered = [view["title"] for view in data["views"]]
    assert {"de": "Dynamik", "en": "Dynamics"}[lang] in offered
    indicators = [mode.title.to(lang) for mode in modes(outcome) if mode.family == "indicator"]
    assert len(indicators) == 3
    assert [title for title in offered if title in indicators] == indicators
    assert len(offered) == len(modes(outcome))


def test_rings_come_back_where_they_were():
    areas = toy.toy_areas().frame.geometry
    for flat, square in zip(outlines(areas), areas.to_crs(4326), strict=True):
        back = np.cumsum(np.array(flat[0][0]).reshape(-1, 2), axis=0) / 1e5
        assert shapely.Polygon(back).symmetric_difference(square).area < 0.02 * square.area


def test_the_backdrop_comes_back_where_it_was(content):
    data = json.loads(re.search(r'id="qm-data">(.*?)</script>', content.decode(), re.DOTALL)[1])
    assert [len(part["strokes"]) for part in data["backdrop"]] == [
        len(STROKES[kind]) for kind in STROKES if kind != "other"
    ]
    kinds = dict(zip(("green", "water", "road", "rail"), data["backdrop"], strict=True))
    assert [len(kinds["water"][form]) for form in ("areas", "lines")] == [0, 2]
    assert [len(kinds["green"][form]) for form in ("areas", "lines")] == [1, 0]
    there = toy.toy_backdrop().frame.to_crs(4326).set_index("kind").geometry
    points = np.cumsum(np.array(kinds["rail"]["lines"][0]).reshape(-1, 2), axis=0) / 1e5
    assert np.allclose(points, shapely.get_coordinates(there["rail"]), atol=6e-6)
    ring = np.cumsum(np.array(kinds["green"]["areas"][0][0]).reshape(-1, 2), axis=0) / 1e5
    assert shapely.Polygon(ring).symmetric_difference(there["green"]).area < 0.03 * there["green"].area


def test_programme_areas_are_drawn_by_their_state_with_a_legend(outcome):
    content = maps.page(maps.outcome_map(dataclasses.replace(outcome, programme=toy.toy_programme()))).decode()
    data = json.loads(re.search(r'id="qm-data">(.*?)</script>', content, re.DOTALL)[1])
    dashes = [part["strokes"][1]["dash"] for part in data["programme"]]
    assert dashes == [LINES[state][1].dash for state in ("planned", "former", "current")]
    assert len(set(dashes)) == 3
    there = toy.toy_programme().frame.to_crs(4326).geometry["QM-01"]
    ring = np.cumsum(np.array(data["programme"][2]["areas"][0][0]).reshape(-1, 2), axis=0) / 1e5
    assert shapely.Polygon(ring).symmetric_difference(there).area < 0.03 * there.area
    label = f"Fördergebiete am 31.12.{outcome.run.year}"
    assert f'<input type="checkbox" id="qm-programme"> {label}</label>' in content
    assert all(f"<span>{word}</span>" in content for word in ("laufend", "früher", "geplant"))
    assert 'id="qm-programme"' not in maps.page(maps.outcome_map(outcome)).decode()


def test_without_a_backdrop_nothing_is_said_of_it(outcome):
    text = maps.page(maps.outcome_map(dataclasses.replace(outcome, backdrop=None))).decode()
    assert '"backdrop":[]' in text
    assert 'id="qm-drawn"' not in text


def test_neighbours_stay_neighbours():
    rng = np.random.default_rng(1)
    wave = np.cumsum(rng.normal(0, 3, 400))
    border = [(500_000 + 1000 + wave[k], 5_700_000 + 25.0 * k) for k in range(400)]
    left = shapely.Polygon([(500_000, 5_700_000), *border, (500_000, 5_710_000)])
    right = shapely.Polygon([(502_000, 5_700_000), *border, (502_000, 5_710_000)])
    one, other = outlines(gpd.GeoSeries([left, right], crs=25832))
    points = [
        {tuple(p) for p in np.cumsum(np.array(shape[0][0]).reshape(-1, 2), axis=0).tolist()} for shape in (one, other)
    ]
    assert len(points[0] & points[1]) > 0.9 * (min(map(len, points)) - 4)
    assert len(points[0]) < 400


def test_parts_and_holes_are_kept():
    ring = box(500_000, 5_700_000, 503_000, 5_703_000) - box(501_000, 5_701_000, 502_000, 5_702_000)
    whole = MultiPolygon([ring, box(504_000, 5_700_000, 505_000, 5_701_000)])
    (shape,) = outlines(gpd.GeoSeries([whole], crs=25832))
    assert sorted(len(part) for part in shape) == [1, 2]


def test_choropleth_of_each_kind(outcome):
    for result in (outcome.index, outcome.coverage["kita"], outcome.priority["kita"]):
        content = maps.page(maps.choropleth(outcome.areas, result, lang="en"))
        assert len(table_of(content)) == 30


def test_choropleth_of_what_the_chain_gives(toy_outcome):
    for result in (toy_outcome.index, toy_outcome.coverage["kita"], toy_outcome.priority["kita"]):
        city_map = maps.choropleth(toy_outcome.areas, result)
        data = json.loads(re.search(r'id="qm-data">(.*?)</script>', maps.page(city_map).decode(), re.DOTALL)[1])
        (view,) = data["views"]
        assert max(view["entry"]) < len(view["fills"]) - 1
        assert len(set(view["entry"])) > 1


def test_choropleth_shows_how_sure_classes_are(toy_outcome):
    content = maps.page(maps.choropleth(toy_outcome.areas, toy_outcome.certainty)).decode()
    for label in ("sicher", "wahrscheinlich", "auf der Kippe"):
        assert label in content


def test_choropleth_shows_a_pattern(toy_outcome):
    areas = toy_outcome.areas
    names = ["high_high", "low_low", "not_significant"] * 10
    column = Column("pattern", Text("Muster", "Pattern"), "code", codes={n: Text(f"de {n}", n) for n in set(names)})
    found = dataclasses.replace(
        toy_outcome.index, kind="pattern", key="p", columns=(column,), shown=None, states=None,
        parts=pd.DataFrame({"pattern": names}, index=areas.frame.index),
    )  # fmt: skip
    content = maps.page(maps.choropleth(areas, found)).decode()
    assert "de high_high" in content
    assert "de not_significant" in content


def test_choropleth_takes_a_city_and_a_column(toy_city, outcome):
    text = maps.page(maps.choropleth(toy_city, outcome.index, column="value_transfer", scheme="quantile")).decode()
    assert "Klassen mit etwa gleich vielen Gebieten" in text


def test_two_vintages_are_not_mixed(outcome):
    other = dataclasses.replace(outcome.areas, vintage="toy-1999")
    with pytest.raises(VintageError, match="toy-2022"):
        maps.choropleth(other, outcome.index)


def test_an_unknown_column_is_named(outcome):
    with pytest.raises(MissingColumnError, match="Did you mean"):
        maps.choropleth(outcome.areas, outcome.index, column="value_transfr")


@pytest.mark.parametrize(
    "element",
    [
        folium.TileLayer("OpenStreetMap"),
        folium.Marker([51, 9], icon=folium.Icon()),
        folium.Marker([51, 9], popup=folium.Popup("<b>x</b>")),
        folium.plugins.MarkerCluster() if hasattr(folium, "plugins") else folium.TileLayer("OpenStreetMap"),
        folium.GeoJson(
            gpd.GeoDataFrame({"n": ["x"]}, geometry=[Point(9, 51)], crs=4326), tooltip=folium.GeoJsonTooltip(["n"])
        ),
    ],
    ids=["tiles", "icon", "popup", "plugin", "tooltip"],
)
def test_an_element_that_needs_more_is_refused(outcome, element):
    city_map = maps.outcome_map(outcome)
    element.add_to(city_map)
    with pytest.raises(UnknownKeyError, match="needs files from elsewhere"):
        maps.page(city_map)


def test_a_plain_element_of_folium_is_welcome(outcome):
    city_map = maps.outcome_map(outcome)
    folium.CircleMarker([51.4, 9.9]).add_to(city_map)
    assert b"L.circleMarker" in maps.page(city_map)


def test_json_cannot_leave_its_element():
    text = json_block({"a": "</script><!-- & \u2028"})
    assert not set("<>&\u2028") & set(text)
    assert json.loads(text)["a"] == "</script><!-- & \u2028"


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_stay_text(text, content):
    page = maps.page(maps.outcome_map(hostile(text)))
    assert sorted(set(seen(page).tags)) == sorted(set(seen(content).tags))
    assert len(seen(page).tags) == len(seen(maps.page(maps.outcome_map(hostile("Ein Name")))).tags)
    assert escape(text.replace("\r", "")) in page.decode().replace("\r", "")


@pytest.mark.browser
def test_the_map_draws_filters_and_opens(content, visit, artefacts):
    tab = visit(content)
    assert tab.locator("path.leaflet-interactive").count() == 30
    assert tab.locator("#qm-title").text_content() == "Status und Dynamik (12 Gruppen)"
    tab.screenshot(path=str(artefacts / "map-groups.png"))
    tab.locator("path.leaflet-interactive").nth(14).click()
    popup = tab.locator(".leaflet-popup-content")
    assert "01010202" in popup.text_content()
    assert re.search(r"\d,\d\d", popup.text_content())
    assert tab.locator(".leaflet-popup-close-button").get_attribute("aria-label") == "schließen"
    tab.locator("input[name=qm-view]").nth(5).check()
    assert popup.locator("dt").first.text_content().startswith("Gruppe")
    assert "Kita: Bedarf trifft Lücke" in popup.locator("dt").nth(3).text_content()
    tab.locator("input[name=qm-view]").nth(0).check()
    tab.keyboard.press("Escape")
    popup.wait_for(state="detached")
    cell = tab.locator('.qm-cell[aria-label^="2+/-"]')
    cell.click()
    assert cell.get_attribute("aria-pressed") == "true"
    assert "13" in tab.locator("#qm-count").text_content()
    assert tab.locator("#qm-table tbody tr:not([hidden])").count() == 13
    tab.locator("#qm-reset").click()
    assert tab.locator("#qm-table tbody tr:not([hidden])").count() == 30
    tab.locator("input[name=qm-view]").nth(4).check()
    assert tab.locator(".leaflet-qm-marks-pane path").count() == 3 + 1
    tab.screenshot(path=str(artefacts / "map-coverage.png"))
    assert [url for url in tab.asked if not url.startswith("file:")] == []
    assert len(tab.asked) == 1
    assert tab.said == []


@pytest.mark.browser
def test_the_backdrop_is_in_nobodys_way(content, visit):
    """It can be switched off, is hidden from screen readers, and a click on the railway opens the area below."""
    tab = visit(content)
    paths = tab.locator(".leaflet-qm-backdrop-pane path")
    assert paths.count() == sum(len(STROKES[kind]) for kind in ("green", "water", "road", "rail"))
    assert tab.locator(".leaflet-qm-backdrop-pane").get_attribute("aria-hidden") == "true"
    assert tab.locator(".leaflet-qm-backdrop-pane .leaflet-interactive").count() == 0
    middle = paths.last.bounding_box()
    tab.mouse.click(middle["x"] + middle["width"] / 2, middle["y"] + middle["height"] / 2)
    assert tab.locator(".leaflet-popup-content").count() == 1
    tab.get_by_label("Orientierung").uncheck()
    assert paths.count() == 0
    tab.get_by_label("Orientierung").check()
    assert paths.count() > 0


@pytest.mark.browser
def test_an_area_is_found_by_keyboard(content, visit):
    tab = visit(content)
    tab.locator("#qm-search").focus()
    tab.keyboard.type("Gebiet 17")
    tab.keyboard.press("Enter")
    assert "Gebiet 17" in tab.locator(".leaflet-popup-content").text_content()


@pytest.mark.browser
def test_hatching_is_drawn_as_a_pattern(content, visit):
    tab = visit(content)
    fills = tab.eval_on_selector_all("path.leaflet-interactive", "all => all.map(p => p.getAttribute('fill'))")
    assert fills.count("url(#qm-dots)") == 3
    assert tab.locator("#qm-dots").count() == 1


@pytest.mark.browser
def test_no_name_runs_even_without_the_policy(visit):
    """Every kind of hostile text at once, the policy switched off, every area hovered and clicked."""
    whole = hostile(" ".join(HOSTILE))
    frame = whole.areas.frame.copy()
    frame["name"] = (HOSTILE * 3)[: len(frame)]
    tab = visit(
        maps.page(maps.outcome_map(dataclasses.replace(whole, areas=dataclasses.replace(whole.areas, frame=frame)))),
        policy=False,
    )
    for view in range(9):
        tab.locator("input[name=qm-view]").nth(view).check()
        for row in (0, 1, 3, 5, 8, 14):
            shape = tab.locator(".leaflet-overlay-pane path").nth(row)
            shape.dispatch_event("mouseover")
            shape.dispatch_event("click")
        for dot in tab.locator(".leaflet-qm-marks-pane path.leaflet-interactive").all():
            dot.dispatch_event("mouseover")
    tab.locator("#qm-search").fill("img")
    assert tab.locator("#qm-found button").count() > 0
    tab.wait_for_timeout(300)
    assert tab.evaluate("window.__xss") is None
    assert tab.locator("img").count() == 0
    assert [url for url in tab.asked if not url.startswith("file:")] == []
    assert tab.said == []


@pytest.mark.browser
def test_the_page_is_accessible(content, visit):
    from axe_playwright_python.sync_playwright import Axe

    tab = visit(content, policy=False)
    found = Axe().run(tab).response["violations"]
    assert [v["id"] for v in found if v["impact"] in ("serious", "critical")] == []


@pytest.mark.browser
def test_a_phone_shows_no_sideways_scroll(content, visit, artefacts):
    tab = visit(content, width=390, height=844)
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390
    tab.screenshot(path=str(artefacts / "map-phone.png"))


def test_a_missing_name_is_no_nan(outcome):
    frame = outcome.areas.frame.copy()
    frame.loc[frame.index[2], "name"] = None
    rows = table_of(maps.page(maps.choropleth(dataclasses.replace(outcome.areas, frame=frame), outcome.index)))
    assert rows[2][0] == frame.index[2]
    assert not any(cell in ("nan", "None", "<NA>") for row in rows for cell in row)


def test_an_area_without_outline_keeps_its_row(outcome):
    frame = outcome.areas.frame.copy()
    frame.loc[frame.index[4], "geometry"] = None
    content = maps.page(maps.choropleth(dataclasses.replace(outcome.areas, frame=frame), outcome.index))
    assert len(table_of(content)) == 30


def test_one_value_everywhere_still_gives_a_map(outcome):
    table = outcome.table.assign(kita_share=1.0)
    reach = dataclasses.replace(outcome.coverage["kita"], left_out=pd.Series(dtype=object))
    text = maps.page(maps.outcome_map(dataclasses.replace(outcome, table=table, coverage={"kita": reach}))).decode()
    assert "ab 95 %" in text


@pytest.mark.realdata
def test_berlin_is_smaller_than_stock_folium(realdata):
    """542 areas: our whole page, scripts and table included, against stock folium's data of one layer."""
    path = realdata / "berlin" / "derived" / "plr_2021_approx_25833.gpkg"
    if not path.is_file():
        pytest.skip("the approximate outlines of 2021 are absent: berlin/derived/plr_2021_approx_25833.gpkg")
    source = gpd.read_file(path).set_index("PLR_ID").sort_index()
    ids = source.index.astype("str").rename("area")
    frame = gpd.GeoDataFrame(
        {"name": source["PLR_NAME"].to_numpy(), "parent": "", "approximate": True},
        geometry=source.geometry.to_numpy(),
        index=ids,
        crs=source.crs,
    )
    areas = dataclasses.replace(toy.toy_areas(), frame=frame, vintage="plr-2021")
    rng = np.random.default_rng(1)
    index = pd.MultiIndex.from_product([ids, [2024]], names=["area", "year"])
    values = pd.DataFrame(rng.uniform(0.02, 0.6, (len(ids), 3)), index=index, columns=[*toy.SHARES])
    values.insert(0, "population", 5000.0)
    change = pd.DataFrame(rng.normal(0, 0.01, values.shape), index=index, columns=values.columns)
    table = dataclasses.replace(
        toy.toy_table(), frame=values, change=change, vintage="plr-2021",
        states=pd.DataFrame("ok", index=index, columns=values.columns),
    )  # fmt: skip
    content = maps.page(maps.outcome_map(made.outcome_of(areas, table)))
    stock = folium.Map()
    folium.GeoJson(frame[["name", "geometry"]].to_crs(4326)).add_to(stock)
    assert len(content) < 1_000_000 < len(stock.get_root().render().encode())
    assert len(table_of(content)) == 542


def test_a_result_on_its_own_is_guarded_too():
    """The front door's map of a coverage shows no more than a run does."""
    result = reach(toy.toy_city(), places="kita", within_m=500, group="age_0_5")
    small = result.parts.index[(result.parts["not_reached"] > 0) & (result.parts["not_reached"] < 3)]
    base = result.parts.index[(result.parts["residents"] > 0) & (result.parts["residents"] < 10)]
    assert len(small) + len(base) > 0
    table = maps._outcome_of(toy.toy_areas(), result, note=None).table
    assert table.loc[[*small, *base], ["kita_share", "kita_reached", "kita_not_reached", "value"]].isna().all(axis=None)


@pytest.mark.browser
def test_programme_areas_come_and_go_with_their_box(outcome, visit):
    tab = visit(maps.page(maps.outcome_map(dataclasses.replace(outcome, programme=toy.toy_programme()))))
    paths = tab.locator(".leaflet-qm-programme-pane path")
    assert paths.count() == 0
    tab.locator("#qm-programme").check()
    assert paths.count() == 6
    assert tab.locator(".leaflet-qm-programme-pane .leaflet-interactive").count() == 0
    tab.locator("#qm-programme").uncheck()
    assert paths.count() == 0
