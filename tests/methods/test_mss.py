"""The MSS method: the publisher's results area by area, and the edge cases of METHODS 14 (MSS-1 to MSS-9)."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from qmgis.core.certainty.choices import Block, Noise, Rule
from qmgis.core.certainty.classes import certainty
from qmgis.core.classify import by_limits
from qmgis.errors import MissingColumnError, NotEnoughDataError
from qmgis.methods.mss import score
from qmgis.model import Indicator, IndicatorTable, Text
from tests import toy

FOUR = ("unemployment", "long_term_unemployment", "transfer", "child_poverty")
THREE = ("unemployment", "transfer", "child_poverty")
OUTLIERS = {"10010203": "outlier", "10100205": "outlier"}
# The publisher names the population of 31.12.2015 as the reason for this one area (METHODS 1.3).
DECLARED_2016 = {"04020314": "too_few_residents"}


def workbook(path) -> pd.DataFrame:
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    names = [f"{' '.join(str(name).split())}#{number}" for number, name in enumerate(rows[0])]
    return pd.DataFrame(rows[1:], columns=names).set_index(names[0])


def column(frame: pd.DataFrame, name: str) -> pd.Series:
    return frame[next(key for key in frame if key.split("#")[0] == name)]


def make_table(frame: pd.DataFrame, keys: tuple[str, ...], codes: tuple[str, ...], people: str, year: int):
    index = pd.MultiIndex.from_product([frame.index.astype(str), [year]], names=["area", "year"])
    values = {key: column(frame, f"S{code}").to_numpy(float) / 100 for key, code in zip(keys, codes, strict=True)}
    moves = {key: column(frame, f"D{code}").to_numpy(float) / 100 for key, code in zip(keys, codes, strict=True)}
    data = pd.DataFrame({"population": column(frame, people).to_numpy(float), **values}, index=index)
    change = pd.DataFrame({"population": np.nan, **moves}, index=index)
    states = pd.DataFrame("ok", index=index, columns=data.columns)
    indicators = {
        key: Indicator(key, Text(key, key), "count" if key == "population" else "share", "percent", 1) for key in data
    }
    return IndicatorTable(data, states, change, indicators, "plr")


@pytest.fixture(scope="module")
def editions(realdata):
    """Table, profile, declared exclusions and the publisher's frame, by edition."""
    folder = realdata / "berlin" / "mss"
    first, second = workbook(folder / "MSS_2013_cutforR.xls"), workbook(folder / "2017_MSS_cut.xlsx")
    third = pd.read_csv(folder / "wfs_2021" / "mss_2021_index_indikatoren.csv", dtype={"PLR_ID": str})
    third = third.set_index("PLR_ID")
    numbers = ("1", "2", "3", "4")
    return {
        2013: (make_table(first, FOUR, numbers, "EW 31.12.2012", 2012), FOUR, OUTLIERS, first),
        2017: (make_table(second, FOUR, numbers, "EW 31.12.2016", 2016), FOUR, OUTLIERS | DECLARED_2016, second),
        2021: (make_table(third, THREE, ("1", "3", "4"), "EW", 2020), THREE, OUTLIERS, third),
    }


def scored(editions, edition, **changes):
    table, keys, declared, _ = editions[edition]
    profile = toy.toy_profile(status=keys, dynamics=keys, **changes)
    return score(table, profile=profile, year=edition - 1, declared=declared)


def published(editions, edition, realdata) -> pd.DataFrame:
    """The publisher's classes: status class, dynamics class and group of every valid area."""
    if edition == 2021:
        frame = pd.read_csv(realdata / "berlin/mss/wfs_2021/mss_2021_indizes.csv", dtype={"PLR_ID": str})
        frame = frame[frame["KOM"] == "gültig"].set_index("PLR_ID")
        signs = frame["DI_N"].map({1: "+", 3: "+/-", 5: "-"})
        return pd.DataFrame({"status": frame["SI_N"].astype(int), "dynamics": signs, "code": frame["SDI_N"]})
    frame = editions[edition][3]
    kind = "Gruppe" if edition == 2013 else "Klasse"
    title = "Statusindex" if edition == 2013 else "Status-Index"
    status = column(frame, f"{title} ({kind})")
    group = column(frame, "Status/Dynamik-Index (Gruppe)").astype(str)
    valid = group.str.match(r"^[1-4](\+|-|\+/-)$")
    return pd.DataFrame({"status": status[valid].astype(int), "dynamics": group[valid].str[1:], "group": group[valid]})


@pytest.mark.realdata
@pytest.mark.parametrize(("edition", "areas", "attention"), [(2013, 434, 51), (2017, 436, 44), (2021, 536, 56)])
def test_publisher_classes_are_reproduced(editions, realdata, edition, areas, attention):
    """MSS-1 and MSS-8."""
    result = scored(editions, edition)
    truth = published(editions, edition, realdata)
    ours = result.parts.loc[truth.index]
    assert len(truth) == areas == result.value.notna().sum()
    assert (ours["status_class"].astype(int) == truth["status"]).all()
    assert (ours["dynamics_class"] == truth["dynamics"]).all()
    if edition == 2021:
        code = 10 * ours["status_class"].astype(int) + ours["dynamics_class"].map({"+": 1, "+/-": 3, "-": 5})
        assert (code == truth["code"]).all()
    else:
        assert (ours["group"] == truth["group"]).all()
    assert result.parts["attention"].sum() == attention
    assert set(result.left_out.index) == set(result.value.index) - set(truth.index)


@pytest.mark.realdata
def test_published_scores_2017(editions):
    """MSS-2: all eight z values and both indices of the 2017 workbook within 1e-5."""
    frame = editions[2017][3]
    result = scored(editions, 2017)
    valid = result.value.dropna().index
    names = dict(zip(FOUR, ("1", "2", "3", "4"), strict=True))
    wanted = {f"z_{key}": f"zS{number}" for key, number in names.items()}
    wanted |= {f"z_{key}_change": f"zD{number}" for key, number in names.items()}
    wanted |= {
        "status_index": "Status-Index (standardisierte Statussumme)",
        "dynamics_index": "Dynamik-Index (standardisierte Dynamik-summe)",
    }
    for ours, theirs in wanted.items():
        gap = (result.parts.loc[valid, ours] - column(frame, theirs).loc[valid].astype(float)).abs().max()
        assert gap < 1e-5, ours


@pytest.mark.realdata
def test_published_scores_2021(editions, realdata):
    """MSS-2: all six z values and both indices, equal at the two printed decimals."""
    frame = pd.read_csv(
        realdata / "berlin/mss/2021_mss_index-indikatoren_z-werte_plr.csv", sep=";", dtype={"PLR-ID": str}
    )
    frame.columns = [" ".join(name.split()) for name in frame.columns]
    frame = frame.set_index("PLR-ID")
    result = scored(editions, 2021)
    valid = result.value.dropna().index
    pairs = {"z_unemployment": "zS1", "z_transfer": "zS3", "z_child_poverty": "zS4"}
    pairs |= {"z_unemployment_change": "zD1", "z_transfer_change": "zD3", "z_child_poverty_change": "zD4"}
    pairs |= {"status_index": next(name for name in frame if name.startswith("Status-Index"))}
    pairs |= {"dynamics_index": next(name for name in frame if name.startswith("Dynamik-Index"))}
    for ours, theirs in pairs.items():
        printed = pd.to_numeric(frame.loc[valid, theirs])
        ours_exact = result.parts.loc[valid, ours]
        # half a printed unit, and 1e-5 because the published shares have five decimals themselves
        assert (ours_exact - printed).abs().max() <= 0.005 + 1e-5, ours
        # so only a value within 1e-5 of a tie may round to the other side: one of 536 at most
        assert (ours_exact.round(2) - printed).abs().gt(0.001).sum() <= 1, ours


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("edition", "means", "sds"),
    [
        (2013, (8.06817, 2.73514, 12.35358, 30.89523), (3.72151, 1.38242, 8.61379, 21.17692)),
        (2017, (6.15615, 2.00487, 12.22712, 26.98315), (2.85431, 1.06737, 8.51766, 19.11707)),
        (2021, (4.97157, 10.91801, 24.54042), (2.94390, 7.07275, 16.65444)),
    ],
)
def test_reference_values(editions, edition, means, sds):
    """MSS-3, METHODS 1.8 (in percent)."""
    result = scored(editions, edition)
    rows = result.reference.iloc[: len(means)]
    np.testing.assert_allclose(100 * rows["mean"], means, atol=1e-5)
    np.testing.assert_allclose(100 * rows["sd"], sds, atol=1e-5)


@pytest.mark.realdata
def test_sample_deviation_moves_exactly_one_class(editions):
    """MSS-7: with ddof = 1 Klixstraße (SI +1.50044) is the only area of 2013 that changes."""
    right, other = (scored(editions, 2013, ddof=ddof).parts["status_class"] for ddof in (0, 1))
    differ = right.index[(right != other).fillna(False)]
    assert list(differ) == ["12214422"]
    result = scored(editions, 2013)
    assert result.parts.loc["12214422", "status_index"] == pytest.approx(1.50044, abs=1e-5)
    assert result.parts.loc["09020801", "dynamics_index"] == pytest.approx(-0.99934, abs=1e-5)


@pytest.mark.realdata
@pytest.mark.parametrize("edition", [2013, 2017, 2021])
def test_certainty_starts_from_the_publishers_classes(editions, edition):
    table, keys, _, _ = editions[edition]
    parts = scored(editions, edition).parts
    columns = tuple(range(len(keys)))
    status = Block(columns=columns, limits=(-1, 1, 1.5), owns=("above", "below", "below"))
    dynamics = Block(columns=columns, of="changes", limits=(-1, 1), owns=("above", "below"))
    rule = Rule(blocks=(status, dynamics), attention=((4, 1), (4, 2), (4, 3), (3, 3)))
    shares = parts[[f"value_{key}" for key in keys]].to_numpy()
    changes = parts[[f"change_{key}" for key in keys]].to_numpy()
    people = table.of_year(edition - 1)["population"].reindex(parts.index).to_numpy()[:, None] * np.full(len(keys), 0.7)
    people = np.maximum(np.rint(people), 1)
    before = np.clip(shares - changes, 0, 1)
    noise = Noise(shares * people, people, before * people, people, approximate=True)
    valid = parts["status_index"].notna().to_numpy()
    result = certainty(shares, rule, changes=changes, noise=noise, valid=valid, ids=parts.index, draws=200)
    signs = np.array(["", "+", "+/-", "-"])[result.reported[:, 1]]
    assert (result.reported[valid, 0] == parts["status_class"][valid]).all()
    assert (signs[valid] == parts["dynamics_class"][valid]).all()
    assert set(result.label[~valid]) == {None}
    assert ((result.attention[valid] > 0) | ~parts["attention"][valid].to_numpy(bool)).all()
    # Status is steadier than dynamics, which come from small differences.
    assert np.nanmean(result.certain_of(0)) > np.nanmean(result.certain_of(1))


def test_limits_belong_to_the_middle():
    """MSS-5."""
    edges = pd.Series([-1.0, 1.0, 1.5, np.nextafter(-1, -2), np.nextafter(1, 2), np.nextafter(1.5, 2)])
    assert by_limits(edges, (-1, 1, 1.5), owns=("above", "below", "below")).tolist() == [2, 2, 3, 1, 3, 4]
    assert by_limits(edges[:2], (-1, 1), owns=("above", "below")).tolist() == [2, 2]


@pytest.fixture(scope="module")
def result():
    return score(toy.toy_table(), profile=toy.toy_profile(), year=2024, declared={"01010005": "outlier"})


def test_left_out_areas_have_reasons(result):
    assert result.left_out.to_dict() == {
        "01010000": "too_few_residents",
        "01010005": "outlier",
        "01010101": "missing_indicator",
    }
    assert result.parts.loc[result.left_out.index, "status_index"].isna().all()
    assert result.parts.loc[result.left_out.index, "attention"].isna().all()
    assert list(result.value.index) == toy.area_ids()


def test_contributions_add_up(result):
    keys = toy.SHARES
    status = result.parts[[f"contribution_{key}" for key in keys]].sum(axis=1, skipna=False)
    dynamics = result.parts[[f"contribution_{key}_change" for key in keys]].sum(axis=1, skipna=False)
    np.testing.assert_allclose(status, result.parts["status_index"], atol=1e-12)
    np.testing.assert_allclose(dynamics, result.parts["dynamics_index"], atol=1e-12)


def test_population_of_the_year_before_counts():
    table = toy.toy_table()
    frame = table.frame.copy()
    frame.loc[("01010404", 2023), "population"] = 299.0
    moved = IndicatorTable(frame, table.states, table.change, table.indicators, table.vintage)
    result = score(moved, profile=toy.toy_profile(), year=2024)
    assert result.left_out["01010404"] == "too_few_residents"
    assert any("2021" in warning.en for warning in score(table, profile=toy.toy_profile(), year=2022).warnings)


def test_constant_indicator_stops_or_is_dropped():
    table = toy.toy_table()
    frame = table.frame.assign(transfer=0.1)
    constant = IndicatorTable(frame, table.states, table.change, table.indicators, table.vintage)
    with pytest.raises(NotEnoughDataError, match='"transfer" is constant'):
        score(constant, profile=toy.toy_profile(), year=2024)
    result = score(constant, profile=toy.toy_profile(constant="drop"), year=2024)
    assert any("transfer" in warning.en for warning in result.warnings)
    assert "z_transfer" not in result.parts
    assert result.value.notna().sum() == 28


@pytest.mark.parametrize("areas", [0, 1, 2])
def test_too_few_areas_is_one_sentence(areas):
    table = toy.toy_table()
    keep = table.frame.index.get_level_values("area").isin(["01010404", "01010403"][:areas] or ["01010000"])
    few = IndicatorTable(table.frame[keep], table.states[keep], table.change[keep], table.indicators, table.vintage)
    with pytest.raises(NotEnoughDataError, match="3 are needed"):
        score(few, profile=toy.toy_profile(), year=2024)


def test_unknown_indicator_and_year_say_what_there_is():
    with pytest.raises(MissingColumnError, match='Did you mean "unemployment"'):
        score(toy.toy_table(), profile=toy.toy_profile(status=("unemploymnt",)), year=2024)
    with pytest.raises(NotEnoughDataError, match="2022, 2023, 2024"):
        score(toy.toy_table(), profile=toy.toy_profile(), year=2019)


def shares(count: int = 12):
    numbers = st.floats(0.001, 0.9).map(lambda value: round(value, 4))
    return st.lists(numbers, min_size=count, max_size=count, unique=True)


def small_table(columns: dict[str, list[float]], order: list[int] | None = None) -> IndicatorTable:
    count = len(next(iter(columns.values())))
    ids = [f"{number:03d}" for number in range(count)]
    index = pd.MultiIndex.from_product([ids, [2024]], names=["area", "year"])
    frame = pd.DataFrame({"population": 1000.0, **columns}, index=index)
    change = frame.sub(frame.mean()).assign(population=np.nan)
    if order is not None:
        frame, change = frame.iloc[order], change.iloc[order]
    states = pd.DataFrame("ok", index=frame.index, columns=frame.columns)
    indicators = {key: Indicator(key, Text(key, key), "share", "percent", 1) for key in frame}
    return IndicatorTable(frame, states, change, indicators, "v")


PROFILE = toy.toy_profile(status=("p", "q"), dynamics=("p", "q"))


@settings(max_examples=40, deadline=None)
@given(p=shares(), q=shares(), factor=st.floats(0.1, 9), shift=st.floats(-1, 1))
def test_index_ignores_scale_and_order(p, q, factor, shift):
    """Invariances of METHODS 14."""
    plain = score(small_table({"p": p, "q": q}), profile=PROFILE, year=2024)
    scaled = score(small_table({"p": [factor * x + shift for x in p], "q": q}), profile=PROFILE, year=2024)
    mixed = score(small_table({"p": p, "q": q}, order=list(range(11, -1, -1))), profile=PROFILE, year=2024)
    np.testing.assert_allclose(scaled.value, plain.value, atol=1e-7)
    np.testing.assert_allclose(mixed.value.reindex(plain.value.index), plain.value, atol=1e-9)
    twice = score(small_table({"p": p + p, "q": q + q}), profile=PROFILE, year=2024)
    np.testing.assert_allclose(twice.value.to_numpy()[:12], plain.value, atol=1e-9)
    assert abs(plain.value.mean()) < 1e-9
    assert plain.value.std(ddof=0) == pytest.approx(1.0)


@settings(max_examples=30, deadline=None)
@given(p=shares(), q=shares())
def test_an_excluded_area_changes_nothing(p, q):
    plain = score(small_table({"p": p, "q": q}), profile=PROFILE, year=2024)
    more = small_table({"p": [*p, 0.99], "q": [*q, 0.99]})
    result = score(more, profile=PROFILE, year=2024, declared={"012": "outlier"})
    # the changes of the toy are centred on all rows: compare the status only
    np.testing.assert_allclose(result.parts["status_index"].dropna(), plain.value, atol=1e-9)
