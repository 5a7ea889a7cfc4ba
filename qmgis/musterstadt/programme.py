"""Areas of the programme, and what was done there with which money."""

from __future__ import annotations

from collections.abc import Iterator

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from qmgis.musterstadt.areas import CRS, Vintages

__all__ = ["make_events", "make_measures", "make_programme"]

MEASURES = (
    ("Quartiersbüro und Stadtteilarbeit", "HF5", "ACC", "running", 0.0, 145_000, "all residents"),
    ("Umbau des Nachbarschaftszentrums", "HF1", "INV", "running", 1.0, 1_850_000, "all residents"),
    ("Sprachcafé und Elternlotsen", "HF1", "SOC", "running", 0.0, 68_000, "migrants"),
    ("Lernwerkstatt an der Grundschule", "HF2", "SOC", "running", 0.0, 92_000, "children"),
    ("Neugestaltung des Quartiersplatzes", "HF3", "INV", "completed", 1.0, 1_240_000, "all residents"),
    ("Bewegungsparcours im Grünzug", "HF4", "INV", "completed", 1.0, 310_000, "elderly"),
    ("Verfügungsfonds", "HF5", "ACC", "running", 0.3, 25_000, "all residents"),
    ("Integriertes Handlungskonzept, Fortschreibung", "HF5", "PRE", "completed", 0.0, 85_000, "all residents"),
    ("Jobberatung im Quartier", "HF2", "SOC", "running", 0.0, 176_000, "unemployed"),
    ("Erweiterung der Kita", "HF2", "INV", "planned", 1.0, 2_100_000, "families/single parents"),
    ("Entsiegelung von Innenhöfen", "HF3", "INV", "approved", 1.0, 420_000, "all residents"),
    ("Gesundheitslotsen", "HF4", "SOC", "idea", 0.0, 55_000, "all residents"),
)
# Two mixed measures and one of two areas; by year what is planned and spent, in euros.
PLANTED = (
    ("QM-01", "Familienzentrum, Ausbau und Betrieb", "HF2", "MIX", 0.7, "families/single parents",
     {2023: ("180000,01", "171234,56"), 2024: ("120000,00", "98765,43")}),
    ("QM-02", "Gemeinschaftsgarten mit Werkstatt", "HF3", "MIX", 0.35, "all residents",
     {2024: ("45000,05", "20111,11")}),
    ("QM-01, QM-02", "Stadtteilmütter in zwei Quartieren", "HF1", "SOC", 0.0, "migrants",
     {2023: ("60000,01", "58111,11"), 2024: ("60000,02", "50111,12")}),
)  # fmt: skip

# Area, event, day, agreed end, who decided, paper, legal basis.
EVENTS = (
    ("QM-01", "study_start", "2017-03-01", "", "Rat", "2017/014", "BauGB 141"),
    ("QM-01", "concept_adopt", "2017-11-30", "", "Rat", "2017/102", ""),
    ("QM-01", "designate", "2018-01-01", "2027-12-31", "Rat", "2017/103", "BauGB 171e(3)"),
    ("QM-01", "office_open", "2018-04-01", "", "", "", ""),
    ("QM-01", "interim_balance", "2022-06-15", "", "Verwaltung", "2022/041", ""),
    ("QM-02", "study_start", "2022-02-01", "", "Rat", "2022/007", "BauGB 141"),
    ("QM-02", "designate", "2023-07-01", "2032-12-31", "Rat", "2023/058", "BauGB 171e(3)"),
    ("QM-02", "office_open", "2023-10-01", "", "", "", ""),
    ("QM-03", "study_start", "2004-05-01", "", "Rat", "2004/022", "BauGB 141"),
    ("QM-03", "designate", "2005-01-01", "2014-12-31", "Rat", "2004/097", "BauGB 171e(3)"),
    ("QM-03", "office_open", "2005-05-01", "", "", "", ""),
    ("QM-03", "concept_adopt", "2006-03-15", "", "Rat", "2006/019", ""),
    ("QM-03", "prolong", "2014-03-20", "2017-12-31", "Rat", "2014/031", ""),
    ("QM-03", "transition_start", "2016-01-01", "", "Rat", "2015/088", ""),
    ("QM-03", "final_balance", "2017-11-10", "", "Verwaltung", "2017/095", ""),
    ("QM-03", "end", "2017-12-31", "", "Rat", "2017/096", ""),
    ("QM-04", "study_start", "2024-10-01", "", "Rat", "2024/076", "BauGB 141"),
)


def make_events() -> pd.DataFrame:
    """Return what happened in the lives of the areas of the programme, one row an event, as text."""
    columns = ["area_id", "type", "date", "until", "body", "document_ref", "legal_basis_id"]
    return pd.DataFrame(EVENTS, columns=columns)


def make_programme(vintages: Vintages, members: dict[str, list[str]]) -> gpd.GeoDataFrame:
    """Return the areas of the programme: running, running, ended and waiting.

    ``members`` names the newest areas of each under ``running``, ``running_new``, ``ended``, ``waiting``.
    """
    new = vintages.new
    settings = {
        "running": ("QM-01", "P7", "designated 2018", "2017-03-01", "2018-01-01", None, "Großsiedlung"),
        "running_new": ("QM-02", "P6", "designated 2023", "2022-02-01", "2023-07-01", None, "Altbau"),
        "ended": ("QM-03", "P10", "ended 2017", "2004-05-01", "2005-01-01", "2017-12-31", "gemischt"),
        "waiting": ("QM-04", "P4", "study", "2024-10-01", None, None, "Großsiedlung"),
    }
    rows = []
    for key, (number, phase, note, study, start, end, kind) in settings.items():
        ids = sorted(members[key])
        rows.append({
            "area_id": number,
            "name": f"Quartier {new['name'].loc[ids[0]]}",
            "programme_id": "Sozialer Zusammenhalt" if key != "ended" else "Soziale Stadt",
            "legal_basis_id": "BauGB 171e(3)" if start else "none",
            "settlement_type": kind,
            "phase": phase,
            "status": {"running": "running", "running_new": "running"}.get(key, key),
            "study_start": study,
            "valid_from": start,
            "valid_to": end,
            "member_unit_ids": ",".join(ids),
            "notes": note,
            "geometry": shapely.normalize(shapely.coverage_union_all(new.geometry.loc[ids].to_numpy())),
        })  # fmt: skip
    return gpd.GeoDataFrame(pd.DataFrame(rows), geometry="geometry", crs=CRS)


def make_measures(programme: gpd.GeoDataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return measures with costs, one row a measure and year, as text with decimal comma."""
    rows = []
    number = 0
    for area, status in zip(programme["area_id"], programme["status"], strict=True):
        first, last, share = {"QM-01": (2018, 2024, 1.0), "QM-02": (2023, 2024, 0.6), "QM-03": (2006, 2017, 1.0)}.get(
            area, (2025, 2026, 0.3)
        )
        kept = [entry for spot, entry in enumerate(MEASURES) if spot < len(MEASURES) * share]
        for title, field, kind, state, investive, cost, group in kept:
            number += 1
            start = int(rng.integers(first, last + 1))
            length = int(rng.integers(1, 4))
            states = {"ended": "completed", "waiting": "idea"}
            parts = rng.dirichlet(np.full(length, 4.0)) * cost * rng.uniform(0.7, 1.3)
            for spot, part in enumerate(parts):
                year = start + spot
                spent = year <= 2024 and states.get(status, state) not in ("idea", "planned", "approved")
                rows.append({
                    "Massnahme": f"M{number:03d}", "Gebiet": area, "Bezeichnung": title, "Handlungsfeld": field,
                    "Art": kind, "Status": states.get(status, state),
                    "Anteil_investiv": f"{investive:.1f}".replace(".", ","),
                    "Zielgruppe": group, "Jahr": str(year), "Foerderprogramm": "Sozialer Zusammenhalt",
                    "geplant_EUR": f"{part:.2f}".replace(".", ","),
                    "ausgegeben_EUR": f"{part * rng.uniform(0.8, 1.02):.2f}".replace(".", ",") if spent else "",
                })  # fmt: skip
    return pd.DataFrame([*rows, *_planted(number)])


def _planted(number: int) -> Iterator[dict[str, str]]:
    """Yield the costs of the planted measures, the first of which has the next number."""
    for spot, (area, title, field, kind, investive, group, years) in enumerate(PLANTED, start=number + 1):
        for year, (planned, spent) in years.items():
            yield {
                "Massnahme": f"M{spot:03d}", "Gebiet": area, "Bezeichnung": title, "Handlungsfeld": field,
                "Art": kind, "Status": "running", "Anteil_investiv": str(investive).replace(".", ","),
                "Zielgruppe": group, "Jahr": str(year), "Foerderprogramm": "Sozialer Zusammenhalt",
                "geplant_EUR": planned, "ausgegeben_EUR": spent,
            }  # fmt: skip
