"""Comparison and trials as their pages say them; files; and the way of a trial into a profile and back."""

from __future__ import annotations

import csv
import io
import json
import time
from dataclasses import replace

import pandas as pd
import pytest

from qmgis import compare
from qmgis.app.address import ViewState, format_address, settle
from qmgis.app.main import create_app, pages, show
from qmgis.app.pages import compare as page
from qmgis.app.pages import whatif
from qmgis.app.results import index_of, moved_areas, trial_ground
from qmgis.app.tried import instead_of
from qmgis.io.profiles.files import check_profile_file, open_profile_file
from qmgis.runs.demo import demo_city
from qmgis.runs.sides import in_order, side_of, sides
from qmgis.runs.steps import score
from qmgis.runs.trial import ground_of, tried_on
from qmgis.runs.years.editions import undivided
from qmgis.runs.years.otherweights import converted
from qmgis.runs.years.ways import way_of
from qmgis.views.comparison import carried_in_words, carried_notes
from tests.toy import toy_composite, toy_profile, toy_rules


def at(city, key="compare", **fields) -> ViewState:
    return settle(ViewState(page=key, **fields), city, pages=pages())


def text(component) -> str:
    return json.dumps(component, default=lambda part: part.to_plotly_json(), ensure_ascii=False)


def spelt(instead) -> tuple[str, ...]:
    return tuple(sorted(f"{key}:{value:.10g}" for key, value in instead.items()))


def with_own(city, *own):
    """The city with profiles of its own, each with a run."""
    base = city.runs["mss-2024"]
    runs = {one.key: replace(base, key=one.key, method=one.key, title=one.title, themes=()) for one in own}
    return replace(city, profiles={one.key: one for one in own}, runs={**city.runs, **runs})


@pytest.fixture(scope="module")
def demo():
    return demo_city()


def test_a_run_with_nothing_beside_it_says_so_and_draws_no_empty_map(city, monkeypatch):
    monkeypatch.setattr(page, "sides", lambda *asked: [one for one in sides(*asked) if one.problem])
    monkeypatch.setattr(page, "side_of", lambda *asked: None)
    drawn = text(page.layout(city, at(city)))
    assert "Es gibt nichts, womit sich dieser Lauf vergleichen lässt" in drawn
    assert "compare-map" not in drawn
    assert "compare-table" not in drawn
    assert set(page.refresh(city, at(city))) == {"live"}


def test_two_editions_are_compared_by_default(city):
    changes = page.refresh(city, at(city))
    said = text(changes["compare-said"])
    assert "von 27 Gebieten, die beide bewerten, sind in derselben Klasse" in said
    assert "Spearmans Rangkorrelation" in said
    assert changes["compare-heading"]["children"] == "Vergleich: MSS 2022 und MSS 2024"
    assert "Beide Seiten folgen demselben Profil" in text(changes["compare-more"])


def test_what_cannot_be_computed_is_listed_with_the_reason(city):
    drawn = text(page.layout(city, at(city)))
    lacking = [one for one in sides(city, "mss-2024") if one.problem]
    assert len(lacking) > 3
    for one in lacking:
        assert one.problem.de in drawn
        assert f"second={one.key}" not in drawn
    state = at(city, second="profile.mss-2013")
    assert "braucht den Indikator" in text(page.refresh(city, state)["compare-said"])
    assert "Meinten Sie" in text(page.refresh(city, at(city, second="run.mss-2021"))["compare-said"])


@pytest.mark.parametrize(("run", "second"), [("mss-2024", "mss-2020"), ("mss-2020", "mss-2024")])
def test_a_run_of_other_areas_is_converted_and_says_so(demo, run, second):
    """Both directions: published classes where areas are undivided, a note with the error where they are not."""
    state = at(demo, run=run, second=f"run.{second}")
    changes = page.refresh(demo, state)
    vintage = demo.run(run).vintage
    found = converted(demo, second, vintage)
    said = text(changes["compare-said"])
    assert "ist auf diese umgerechnet" in said
    assert f"in ungeteilten Gebieten ({int(found.official.sum())})" in said
    assert 0 < (~found.official).sum() < 20
    results, rows, _ = moved_areas(demo, in_order(demo, run, side_of(demo, run, f"run.{second}")), vintage, "de")
    assert {row.area for row in rows if row.note} == set(found.official.index[~found.official])
    own, then = index_of(demo, demo.run(second).method, demo.run(second).year, demo.run(second).vintage), results
    then = next(one for one in then if one.year == demo.run(second).year)
    same = undivided(way_of(demo, demo.run(second).vintage, vintage).crosswalk).dropna()
    published = own.label.reindex(same.to_numpy()).astype(object).fillna("").tolist()
    assert then.label.reindex(same.index).astype(object).fillna("").tolist() == published
    assert f"second=run.{second}" in text(changes["compare-choices"])


def test_a_converted_run_tells_its_error_in_the_file(demo):
    client = create_app(demo).server.test_client()
    answer = client.get("/download/compare?run=mss-2024&second=run.mss-2020&lang=de")
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
    notes = [row["umrechnung"] for row in rows if row["umrechnung"]]
    assert len(notes) == int((~converted(demo, "mss-2020", "ms-2022").official).sum())
    assert all("umgerechnet" in note for note in notes)
    assert any("Index ±" in note for note in notes)


def test_converted_areas_are_marked_on_the_map_and_listed_below_the_sentence(demo):
    state = at(demo, run="mss-2024", second="run.mss-2020")
    changes, found = page.refresh(demo, state), converted(demo, "mss-2020", "ms-2022")
    computed = set(found.official.index[~found.official])
    hideout = changes["compare-map-areas"]["hideout"]
    assert set(hideout["borderline"]) == set(hideout["certainty"]) == computed
    said, names = text(changes["compare-said"]), demo.area_layers["ms-2022"].frame["name"]
    assert f"umgerechnete Gebiete ({len(computed)})" in said
    assert all(f'"{names[area]}"' in said for area in computed)
    assert "Der Index ändert sich mit ihnen um höchstens" in said
    assert f"±{found.spread.max():.2f}".replace(".", ",")[1:] in said
    plain = page.refresh(demo, at(demo, run="mss-2024", second="run.mss-2022"))
    assert plain["compare-map-areas"]["hideout"]["borderline"] == []
    assert "umgerechnet" not in text(plain["compare-said"])


def test_the_head_of_the_table_follows_what_is_compared(demo):
    for second, title, is_carried in (("mss-2022", "2022", False), ("mss-2020", "2020", True)):
        columns = page.refresh(demo, at(demo, run="mss-2024", second=f"run.{second}"))["compare-table"]["columnDefs"]
        heads = {column["field"]: column["headerName"] for column in columns}
        assert heads["first"] == f"zuerst: Sozialmonitoring {title}"
        assert ("note" in heads) == is_carried


def test_without_other_weights_the_error_is_called_unknown(demo, monkeypatch):
    monkeypatch.setattr("qmgis.runs.years.otherweights.by_other_weights", lambda *_: ())
    found = converted.__wrapped__(demo, "mss-2020", "ms-2022")
    assert found.spread[~found.official].isna().all()
    frame = pd.DataFrame({name: getattr(found, name) for name in ("official", "exact", "spread", "unsure")})
    frame["classed"] = found.result.label.notna()
    assert "nicht bekannt" in carried_in_words("MSS", frame, "de")
    assert not [note for note in carried_notes(frame, "de").values() if "±" in note]


def test_contributions_and_errors_of_converted_areas_are_hidden_where_the_index_is(demo):
    found = converted(demo, "mss-2020", "ms-2022")
    parts = [name for name in found.result.seen if str(name).startswith("contribution_") and "change" not in name]
    shown = found.result.seen.loc[~found.official]
    assert shown[parts].notna().all(axis=1).equals(shown[found.result.index_column].notna())
    hidden = found.result.seen[found.result.index_column].isna() & ~found.official
    assert found.spread[hidden].isna().all()
    assert (found.spread[found.official] == 0).all()
    assert not found.unsure[found.official].any()


def test_what_is_on_the_same_areas_is_compared_first(demo):
    assert side_of(demo, "mss-2024", "").areas == demo.run("mss-2024").vintage
    assert side_of(demo, "mss-2020", "").areas == demo.run("mss-2020").vintage


def test_a_city_without_anything_to_compare_is_told_so(city, monkeypatch):
    monkeypatch.setattr(page, "side_of", lambda *_: None)
    assert "Es gibt nichts, womit" in text(page.refresh(city, at(city))["compare-said"])
    screen, drawn, _ = show("/compare", "", None, city=city)
    assert drawn["key"][0] == "compare"
    assert "Vergleich: MSS 2024" in text(screen)


@pytest.mark.parametrize("lang", ["de", "en"])
def test_map_table_and_sentence_count_the_same(demo, lang):
    changes = page.refresh(demo, at(demo, second="profile.mss-2023", lang=lang))
    hideout, rows = changes["compare-map-areas"]["hideout"], changes["compare-table"]["rowData"]
    moved = [area for area, code in hideout["codes"].items() if compare.MOVES[code] in ("up", "down")]
    assert {row["area"] for row in rows} == set(moved)
    assert all(row["first"] != row["second"] or row["attention"] for row in rows)
    assert all(row["reasons"] for row in rows)
    first = score(demo, method="mss-2021", year=2024)
    second = score(demo, method="mss-2023", year=2024)
    found = compare.agreement(first, second)
    assert found.scored - found.same == len(moved)
    assert f"{found.same} " in text(changes["compare-said"])
    shifted = text(changes["compare-more"])
    assert ("trägt mehr bei" if lang == "de" else "adds more") in shifted


def test_the_default_is_a_side_that_says_something_else(city):
    alone = replace(city, runs={"mss-2024": city.runs["mss-2024"]}, profiles={"toy-index": toy_composite()})
    alike = [one.key for one in sides(alone, "mss-2024") if one.problem is None]
    assert alike[0] == "profile.mss-2019"  # the settings of mss-2021 under another name
    assert side_of(alone, "mss-2024", "").key == "profile.toy-index"
    assert "Beide Profile sagen dasselbe" in text(page.refresh(alone, at(alone, second=alike[0]))["compare-more"])


def test_the_diagonal_is_told_by_sign_frame_and_word(city):
    more = text(page.refresh(city, at(city))["compare-more"])
    assert '"= ' in more
    assert "gleiche Klasse" in more
    assert "n same" in more


def test_an_index_beside_status_and_dynamics(city):
    own = with_own(city, toy_composite())
    changes = page.refresh(own, at(own, run="mss-2024", second="profile.toy-index"))
    assert "Die Klassen der beiden sind verschieden" in text(changes["compare-said"])
    keys = text(changes["compare-more"])
    assert "index.domain_weights.work" in keys
    assert "gleiche Klasse" not in keys


def test_the_shifts_are_a_file(city):
    client = create_app(city).server.test_client()
    answer = client.get("/download/compare?run=mss-2024&second=run.mss-2022&lang=de")
    assert answer.status_code == 200
    assert "toy-mss-2024-verschiebungen.csv" in answer.headers["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
    assert rows[0][:3] == ["gebiet", "name", "veraenderung"]
    assert len(rows) == 31
    assert not [cell for row in rows[1:] for cell in row[:6] if cell.startswith(("=", "@"))]
    english = client.get("/download/compare?second=run.mss-2022&lang=en").data.decode("utf-8-sig")
    assert english.startswith("area,name,move")
    wrong = client.get("/download/compare?second=profile.mss-2013&lang=en")
    assert wrong.status_code == 400
    assert wrong.data.decode().count("\n") == 1


def test_the_official_values_are_the_official_result(city):
    changes = whatif.refresh(city, at(city, "whatif"))
    assert "Das ist das amtliche Ergebnis" in text(changes["whatif-said"])
    assert changes["whatif-table"]["rowData"] == []
    assert changes["whatif-more"] == {"children": []}
    ground = trial_ground(city, "mss-2024")
    same = whatif.refresh(city, at(city, "whatif", tried=spelt({one.key: one.value for one in ground.knobs})))
    assert same["whatif-said"]["children"][0].children == changes["whatif-said"]["children"][0].children


def test_a_trial_says_who_moves(city):
    state = at(city, "whatif", tried=("status.limits.3:1.2", "status.weights.transfer:3"))
    changes = whatif.refresh(city, state)
    said = text(changes["whatif-said"])
    assert "Versuch mit 2 geänderten Werten, nicht amtlich" in said
    trial = score(city, method="mss-2021", year=2024, instead=instead_of(state))
    found = compare.moves(score(city, method="mss-2021", year=2024), trial)
    moved = set(found.index[found.isin(["up", "down"])])
    assert moved
    assert {row["area"] for row in changes["whatif-table"]["rowData"]} == moved
    assert changes["live"]["children"].startswith("Versuch mit 2")


@pytest.mark.parametrize(
    ("tried", "said"),
    [
        ("status.weights.transfer:", "das ist keine Zahl"),
        ("status.weights.transfer:nan", "das ist keine Zahl"),
        ("status.limits.3:-inf", "das ist keine Zahl"),
        ("status.weights.transfer:1e308", "damit lässt sich nicht rechnen"),
        ("status.weights.transfer:-1", "ist negativ"),
        ("status.weights.nothing:1", "kein Gewicht und keine Grenze"),
        ("<script>", "das ist keine Zahl"),
        ("status.limits.1:2", "steigen nicht an"),
    ],
)
def test_what_cannot_be_tried_is_one_sentence_beside_the_official_map(city, tried, said):
    screen, drawn, _ = show(
        "/whatif", format_address(at(city, "whatif", tried=(tried,))).partition("?")[2], None, city=city
    )
    assert drawn["key"][0] == "whatif"
    assert screen is not None
    changes = whatif.refresh(city, at(city, "whatif", tried=(tried,)))
    assert said in text(changes["whatif-said"])
    assert changes["whatif-table"]["rowData"] == []


@pytest.mark.parametrize("own", [toy_composite(), toy_rules()], ids=lambda one: one.key)
def test_own_indices_and_rules_can_be_tried(city, own):
    place = with_own(city, own)
    ground = trial_ground(place, own.key)
    drawn = text(whatif.layout(place, at(place, "whatif", run=own.key)))
    for knob in ground.knobs:
        assert knob.key in drawn
    assert ("Regeln haben keine Gewichte" in drawn) == (own.rules is not None)
    far = spelt({one.key: one.high for one in ground.knobs if one.kind != "limit"})
    changes = whatif.refresh(place, at(place, "whatif", run=own.key, tried=far))
    assert "nicht wie im Profil" in text(changes["whatif-said"])


@pytest.mark.parametrize(
    ("key", "verified", "is_own", "is_official"),
    [
        ("mss-2021", True, False, True),
        ("mss-2023", False, False, True),
        ("hamburg-like", False, False, False),
        ("mss-2023", False, True, False),
        ("versuch", True, True, True),
        ("versuch", False, True, False),
    ],
)
def test_only_a_publishers_values_are_called_official(city, key, verified, is_own, is_official):
    """Shipped ones are a publisher's, patterns that are only like one are not; a city's own where it is verified."""
    profile = replace(toy_profile(), key=key, verified=verified)
    run = replace(city.runs["mss-2024"], key="tried", method=key, themes=())
    place = replace(city, profiles={key: profile} if is_own else {}, runs={"tried": run})
    if not is_own:  # the toy city lacks what shipped profiles need: asked of the profile itself
        assert ground_of(place, method=profile, year=2024, areas="toy-2022").published == is_official
        return
    drawn = text(whatif.layout(place, at(place, "whatif", run="tried")))
    assert ("amtlich" in drawn) == is_official
    assert ("wie im Profil" in drawn) != is_official
    assert ("Zurück zu den Werten des Profils" in drawn) != is_official
    english = text(whatif.layout(place, at(place, "whatif", run="tried", lang="en")))
    assert ("official" in english.replace("data-official", "")) == is_official


@pytest.mark.parametrize("key", ["compare", "whatif"])
def test_the_maps_have_the_switch_of_the_overview(city, key):
    drawn = text(show(f"/{key}", "", None, city=city)[0])
    assert f"{key}-backdrop" in drawn
    assert "Orientierung" in drawn
    assert f"{key}-backdrop" not in text(show(f"/{key}", "", None, city=replace(city, backdrop=None))[0])


@pytest.mark.parametrize("by", [3, -7])
@pytest.mark.parametrize("run", ["mss-2024", "toy-index", "toy-rules"])
def test_a_trial_becomes_a_profile_that_gives_the_same_result(city, tmp_path, run, by):
    """The whole way: moved on the page, downloaded, checked, laid into the city, computed as its own run."""
    place = with_own(city, toy_composite(), toy_rules())
    ground = trial_ground(place, run)
    first = next((one.key for one in ground.knobs if one.kind == "weight"), "")  # a share beside whole numbers
    moved = {
        one.key: one.value + (by if one.key == first else 3) * one.step for one in ground.knobs if one.kind != "least"
    }
    state = at(place, "whatif", run=run, tried=spelt(moved))
    query = format_address(state).partition("?")[2]
    answer = create_app(place).server.test_client().get(f"/download/profile?{query}&key=versuch-1")
    assert answer.status_code == 200
    file = tmp_path / "versuch-1.toml"
    file.write_bytes(answer.data)
    assert [one.say("de") for one in check_profile_file(file)] == []
    made = open_profile_file(file)
    assert not made.verified
    later = score(replace(place, profiles={"versuch-1": made}), method="versuch-1", year=2024, areas="toy-2022")
    shown = tried_on(ground, instead_of(state))
    pd.testing.assert_series_equal(later.value, shown.value)
    pd.testing.assert_series_equal(later.label, shown.label)
    pd.testing.assert_frame_equal(later.parts, shown.parts)


def test_a_key_that_cannot_be_is_one_sentence(city):
    client = create_app(city).server.test_client()
    for key in ("", "mss-2021", "a/b", "<b>"):
        answer = client.get("/download/profile", query_string={"run": "mss-2024", "key": key, "lang": "en"})
        assert answer.status_code == 400
        assert "cannot be the key of an own profile" in answer.data.decode()
        assert answer.mimetype == "text/plain"


def test_hidden_areas_are_nowhere_in_a_trial(demo):
    hidden = set(trial_ground(demo, "mss-2024").hidden)
    assert hidden
    changes = whatif.refresh(demo, at(demo, "whatif", tried=("status.weights.child_poverty:3",)))
    assert not hidden & set(changes["whatif-map-areas"]["hideout"]["codes"])
    assert not hidden & {row["area"] for row in changes["whatif-table"]["rowData"]}
    assert f"{len(hidden)} Gebiete mit kleinen Zahlen sind nicht Teil des Versuchs" in text(changes["whatif-said"])


def test_a_trial_is_there_at_once(demo):
    """Processor time of this thread, so that a busy machine is no failure; see docs/dashboard.md for 542 areas."""
    whatif.refresh(demo, at(demo, "whatif"))
    spent = []
    for tenths in (11, 17, 23):
        started = time.thread_time()
        whatif.refresh(demo, at(demo, "whatif", tried=(f"status.weights.transfer:{tenths / 10}",)))
        spent.append(time.thread_time() - started)
    assert min(spent) < 0.4
