"""A small city in memory: 6 x 5 square areas of 400 m, one of them with a hostile name; used by every room's tests."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.geometry import LineString, MultiLineString, Point, box

from qmgis.core.composite import Steps
from qmgis.core.regions.grown import Units
from qmgis.core.rules import Condition, Group, Limit
from qmgis.model import (
    AreaLayer,
    Backdrop,
    Block,
    Category,
    City,
    Cluster,
    Exclusion,
    Indicator,
    IndicatorTable,
    InputFile,
    LayerInfo,
    Network,
    Outcome,
    PlaceLayer,
    Profile,
    ProgrammeLayer,
    ResidentLayer,
    Rules,
    Run,
    Text,
    Theme,
)

CRS = "EPSG:25832"
COLUMNS, ROWS, SIDE = 6, 5, 400.0
WEST, SOUTH = 560_000.0, 5_700_000.0
HOSTILE = '<img src=x onerror="window.__xss=1">\'`=HYPERLINK(1);</script>ß'
SHARES = ("unemployment", "transfer", "child_poverty")
VINTAGE = "toy-2022"
CREDIT = "qmgis project, fictive data"


def area_ids() -> list[str]:
    return [f"0101{row:02d}{column:02d}" for row in range(ROWS) for column in range(COLUMNS)]


def toy_areas() -> AreaLayer:
    ids = area_ids()
    names = [f"Gebiet {number + 1}" for number in range(len(ids))]
    names[3] = HOSTILE
    squares = [
        box(WEST + c * SIDE, SOUTH + r * SIDE, WEST + (c + 1) * SIDE, SOUTH + (r + 1) * SIDE)
        for r in range(ROWS)
        for c in range(COLUMNS)
    ]
    frame = gpd.GeoDataFrame(
        {"name": names, "parent": [name[:4] for name in ids], "approximate": False},
        geometry=squares,
        index=pd.Index(ids, name="area", dtype="str"),
        crs=CRS,
    )
    return AreaLayer("areas_2022", Text("Gebiete 2022", "Areas 2022"), frame, VINTAGE, credit=CREDIT, licence="CC0-1.0")


def toy_blocks(*, street_m: float = 0.0, key: str = "blocks", side: int = 2) -> AreaLayer:
    """Each area cut into ``side`` x ``side`` squares, with streets between them."""
    names, shapes, step = [], [], SIDE / side
    for area, shape in toy_areas().frame.geometry.items():
        west, south, *_ = shape.bounds
        for number in range(side * side):
            x, y, half = west + number % side * step, south + number // side * step, street_m / 2
            names.append(f"{area}-{number}")
            shapes.append(box(x + half, y + half, x + step - half, y + step - half))
    index = pd.Index(names, name="area", dtype="str")
    frame = gpd.GeoDataFrame(
        {"name": names, "parent": [name[:8] for name in names], "approximate": False},
        geometry=shapes, index=index, crs=CRS,
    )  # fmt: skip
    return AreaLayer(key, Text("Baublöcke", "Blocks"), frame, key, credit=CREDIT, licence="CC0-1.0")


def toy_indicators() -> dict[str, Indicator]:
    titles = {
        "population": Text("Bevölkerung", "Population"),
        "unemployment": Text("Arbeitslosigkeit", "Unemployment"),
        "transfer": Text("Transferbezug", "Transfer benefits"),
        "child_poverty": Text("Kinderarmut", "Child poverty"),
    }
    return {
        key: Indicator(
            key,
            title,
            "count" if key == "population" else "share",
            "persons" if key == "population" else "percent",
            0 if key == "population" else 1,
            licence="CC0-1.0",
            credit=CREDIT,
        )
        for key, title in titles.items()
    }


def toy_table(*, years: tuple[int, ...] = (2022, 2023, 2024), vintage: str = VINTAGE) -> IndicatorTable:
    """30 areas; need rises to the north-east; area 1 has too few residents, area 8 a gap in child poverty."""
    rng = np.random.default_rng(7)
    ids = area_ids()
    index = pd.MultiIndex.from_product([ids, years], names=["area", "year"])
    place = np.array([(int(area[6:]) + int(area[4:6])) / (COLUMNS + ROWS - 2) for area in index.get_level_values(0)])
    frame = pd.DataFrame(
        {
            "population": np.round(1500 + 2500 * rng.random(len(index))),
            "unemployment": 0.03 + 0.10 * place**2 + rng.normal(0, 0.008, len(index)),
            "transfer": 0.06 + 0.22 * place**2 + rng.normal(0, 0.015, len(index)),
            "child_poverty": 0.10 + 0.45 * place**2 + rng.normal(0, 0.03, len(index)),
        },
        index=index,
    ).clip(lower=0.005)
    frame.loc[ids[0], "population"] = 212.0
    frame.loc[ids[7], "child_poverty"] = np.nan
    change = pd.DataFrame(np.nan, index=index, columns=frame.columns)
    for key in SHARES:
        change[key] = rng.normal(-0.005, 0.012, len(index)) + 0.02 * (place > 0.9)
    change["child_poverty"] = change["child_poverty"].where(frame["child_poverty"].notna())
    states = pd.DataFrame("ok", index=index, columns=frame.columns).where(frame.notna(), "secret")
    return IndicatorTable(frame, states, change, toy_indicators(), vintage)


def toy_profile(
    *, status: tuple[str, ...] = SHARES, dynamics: tuple[str, ...] = SHARES, ddof: int = 0, constant: str = "stop"
) -> Profile:
    def block(keys, what, classes, limits, owns):
        steps = Steps(dict.fromkeys(keys, 0), ddof=ddof, constant=constant)
        return Block(steps, what, classes, limits=limits, owns=owns)

    blocks = {
        "status": block(status, "value", ("1", "2", "3", "4"), (-1.0, 1.0, 1.5), ("above", "below", "below")),
        "dynamics": block(dynamics, "change", ("+", "+/-", "-"), (-1.0, 1.0), ("above", "below")),
    }
    return Profile(
        "mss-2021", "mss", Text("MSS 2021", "MSS 2021"), "MSS 2021", True, blocks,
        attention=("4+", "4+/-", "4-", "3-"), low=("3", "4"),
    )  # fmt: skip


def toy_composite() -> Profile:
    """A profile of one index: percentile ranks of three indicators in two domains."""
    domains = {"unemployment": "work", "transfer": "work", "child_poverty": "children"}
    steps = Steps(
        dict.fromkeys(SHARES, 0), domains=domains, normalise="percentile_rank", aggregate="mean",
        domain_weights={"work": 2.0}, domain_aggregate="mean", again="none",
    )  # fmt: skip
    block = Block(steps, classes=("low", "middle", "high"), limits=(0.4, 0.75), owns=("above", "above"))
    return Profile(
        "toy-index", "composite", Text("Index", "Index"), "a test", False, {"index": block}, attention=("high",),
        low=("high",),
    )  # fmt: skip


def toy_rules() -> Profile:
    """Two categories, infill, and clusters of 5,000 residents with more transfer than the city."""
    high = Group("all", (Condition("child_poverty", "at_least", Limit("percentile", 70)),))
    work = Group("any", (
        Condition("unemployment", "above", Limit("sd", 1.0)), Condition("transfer", "at_least", Limit("number", 0.2)),
    ))  # fmt: skip
    rules = Rules(
        (Category("children", Text("Kinder", "Children"), high), Category("work", Text("Arbeit", "Work"), work)),
        infill=Group("all", (Condition("child_poverty", "at_least", Limit("percentile", 50)),)),
        cluster=Cluster(5000, Condition("transfer", "above", Limit("factor", 1.0))),
    )
    return Profile(
        "toy-rules", "rules", Text("Regeln", "Rules"), "a test", False, {}, rules=rules,
        attention=("infill", "flagged"), low=("flagged",),
    )  # fmt: skip


def toy_places() -> PlaceLayer:
    points = [Point(WEST + 300, SOUTH + 300), Point(WEST + 900, SOUTH + 1200), Point(WEST - 200, SOUTH + 1800)]
    frame = gpd.GeoDataFrame(
        {"name": ["Kita Nord", HOSTILE, "Kita jenseits der Grenze"], "capacity": [60.0, 80.0, np.nan]},
        geometry=points,
        index=pd.Index(["k1", "k2", "k3"], name="place", dtype="str"),
        crs=CRS,
    )
    return PlaceLayer("kita", Text("Kita", "Day care"), frame, credit=CREDIT, licence="CC0-1.0")


def toy_residents() -> ResidentLayer:
    """An address every 100 m, with residents of three age groups."""
    rng = np.random.default_rng(11)
    xy = [
        (WEST + 50 + 100 * i, SOUTH + 50 + 100 * j)
        for i in range(int(COLUMNS * SIDE / 100))
        for j in range(int(ROWS * SIDE / 100))
    ]
    young, middle, old = (rng.integers(0, top, len(xy)).astype(float) for top in (9, 40, 15))
    frame = gpd.GeoDataFrame(
        {
            "residents": young + middle + old,
            "age_0_5": young,
            "age_6_64": middle,
            "age_65_plus": old,
        },
        geometry=gpd.points_from_xy(*zip(*xy, strict=True)),
        index=pd.Index([f"a{number:04d}" for number in range(len(xy))], name="origin", dtype="str"),
        crs=CRS,
    )
    return ResidentLayer("addresses", Text("Adressen", "Addresses"), frame, "address", year=2024, credit=CREDIT)


def toy_network() -> Network:
    """Streets every 100 m; the river between the fourth and fifth column of areas has one bridge."""
    across, up = int(COLUMNS * SIDE / 100) + 1, int(ROWS * SIDE / 100) + 1
    nodes = np.array([(WEST + 100 * i, SOUTH + 100 * j) for i in range(across) for j in range(up)], dtype=float)
    number = np.arange(across * up).reshape(across, up)
    east = np.stack([number[:-1].ravel(), number[1:].ravel()], axis=1)
    north = np.stack([number[:, :-1].ravel(), number[:, 1:].ravel()], axis=1)
    river = (nodes[east[:, 0], 0] == WEST + 1600) & (nodes[east[:, 0], 1] != SOUTH + 1000)
    edges = np.concatenate([east[~river], north]).astype(np.int64)
    return Network("streets", Text("Straßen", "Streets"), nodes, edges, np.full(len(edges), 100.0), CRS, credit=CREDIT)


def toy_backdrop() -> Backdrop:
    """A park, a river with two arms, a street and a railway."""
    river = MultiLineString(
        [[(WEST + 1600, SOUTH - 50), (WEST + 1600, SOUTH + 2050)], [(WEST, SOUTH), (WEST + 9, SOUTH)]]
    )
    shapes = {
        "green": box(WEST + 100, SOUTH + 100, WEST + 300, SOUTH + 300),
        "water": river,
        "road": LineString([(WEST, SOUTH + 1000), (WEST + 2400, SOUTH + 1000)]),
        "rail": LineString([(WEST, SOUTH + 2000), (WEST + 2400, SOUTH)]),
    }
    index = pd.Index([f"{kind}-1" for kind in shapes], name="part", dtype="str")
    return Backdrop(gpd.GeoDataFrame({"kind": list(shapes)}, geometry=list(shapes.values()), index=index, crs=CRS))


def toy_city() -> City:
    theme = Theme("kita", Text("Kita", "Day care"), "kita", 500.0, group="age_0_5", need="child_poverty")
    run = Run("mss-2024", Text("MSS 2024", "MSS 2024"), "mss-2021", 2024, VINTAGE, ("kita",))
    past = Run("mss-2022", Text("MSS 2022", "MSS 2022"), "mss-2021", 2022, VINTAGE)
    file = InputFile("toy/indicators.csv", "0" * 64)
    return City(
        key="toy",
        title=Text("Spielstadt", "Toy Town"),
        lang="de",
        crs=CRS,
        area_layers={VINTAGE: toy_areas()},
        tables={VINTAGE: toy_table()},
        places={"kita": toy_places()},
        residents={"addresses": toy_residents()},
        networks={"streets": toy_network()},
        runs={"mss-2024": run, "mss-2022": past},
        themes={"kita": theme},
        exclusions=(Exclusion(area_ids()[5], VINTAGE, (), "outlier", Text("Gewerbegebiet", "Industrial estate")),),
        layers=(
            LayerInfo("areas_2022", "areas", Text("Gebiete", "Areas"), "CC0-1.0", CREDIT, (file,), rows=30),
            LayerInfo("kita", "places", Text("Kita", "Day care"), "CC0-1.0", CREDIT, (file,), rows=3),
        ),
        note=Text("Erfundene Stadt", "Invented city"),
    )


def toy_outcome() -> Outcome:
    from qmgis.runs.compute import compute

    return compute(toy_city(), "mss-2024")


def toy_units(*, barrier: bool = False) -> Units:
    """Nine squares of 100 m with 100 residents each, three of them flagged; a barrier west of the third column."""
    number = np.arange(9).reshape(3, 3)
    across = np.column_stack([number[:, :-1].ravel(), number[:, 1:].ravel()])
    up = np.column_stack([number[:-1].ravel(), number[1:].ravel()])
    flag = np.isin(np.arange(9), (4, 5, 8))
    pairs = np.concatenate([across, up])
    crossing = barrier & (pairs[:, 0] % 3 == 1) & (pairs[:, 1] % 3 == 2)
    return Units(
        np.full(9, 100.0), np.where(flag, 1.6, np.linspace(-0.8, 0.8, 9)), flag, np.full(9, 10_000.0),
        np.full(9, 400.0), pairs, np.full(len(pairs), 100.0), ~crossing, np.zeros(9),
    )  # fmt: skip


def toy_programme() -> ProgrammeLayer:
    """Current: the fourth area's western half and the third; former: the seventh; planned: the eighth."""

    def columns(first: float, last: float, row: int):
        return box(WEST + first * SIDE, SOUTH + row * SIDE, WEST + last * SIDE, SOUTH + (row + 1) * SIDE)

    frame = gpd.GeoDataFrame(
        {
            "name": ["Quartier Ost", "Quartier West", HOSTILE],
            "programme": ["Sozialer Zusammenhalt", "Soziale Stadt", "Sozialer Zusammenhalt"],
            "status": ["running", "ended", "waiting"],
            "phase": ["P7", "P10", "P4"],
            "valid_from": pd.to_datetime(["2018-01-01", "2005-01-01", None]),
            "valid_to": pd.to_datetime([None, "2017-12-31", None]),
        },
        geometry=[columns(2, 3.5, 0), columns(0, 1, 1), columns(1, 2, 1)],
        index=pd.Index(["QM-01", "QM-02", "QM-03"], name="programme_area", dtype="str"),
        crs=CRS,
    )
    return ProgrammeLayer("programme", Text("Fördergebiete", "Programme areas"), frame, credit=CREDIT)
