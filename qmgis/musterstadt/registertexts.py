"""What the register of Musterstadt says in words; organisations are invented, persons there are none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["ANCHORS", "BODIES", "CONCEPTS", "GOALS", "ORGANISATIONS", "PURPOSES", "REASON", "TASKS", "WORDS"]

REASON = "Die Kita liegt jenseits der Gebietsgrenze und betreut vor allem Kinder aus dem Gebiet."


def _words(by: int, goal: int, priority: int, origin: str, after: str, *texts: str, **more: str) -> dict[str, Any]:
    description, effect, outputs = texts
    return {"by": by, "goal": goal, "priority": priority, "origin": origin, "after": after, "description": description,
            "effect": effect, "outputs": outputs, **more}  # fmt: skip


WORDS: Mapping[str, Mapping[str, Any]] = {
    "Quartiersbüro und Stadtteilarbeit": _words(
        2, 1, 1, "administration", "handover", "Anlaufstelle vor Ort, Beteiligung und Vernetzung.",
        "Anliegen aus dem Gebiet finden eine Stelle.", "Büro an vier Tagen in der Woche geöffnet"),
    "Umbau des Nachbarschaftszentrums": _words(
        1, 1, 1, "residents", "continues", "Umbau zu einem offenen Haus mit barrierefreiem Saal.",
        "Mehr Gruppen treffen sich im Gebiet.", "Saal und Küche", source="housing_company"),
    "Sprachcafé und Elternlotsen": _words(
        3, 2, 2, "provider", "open", "Offene Sprachtreffen, Begleitung von Eltern zur Schule.",
        "Eltern kennen die Angebote der Schulen.", "zwei Treffen in der Woche", other_fields="HF2"),
    "Lernwerkstatt an der Grundschule": _words(
        4, 2, 1, "provider", "handover", "Lernraum am Nachmittag mit Ausgabe von Material.",
        "Mehr Kinder lernen auch am Nachmittag in der Schule.", "Lernraum eingerichtet"),
    "Neugestaltung des Quartiersplatzes": _words(
        1, 3, 1, "residents", "one_off", "Sitzplätze, Bäume, ein Trinkbrunnen und Spielgeräte.",
        "Der Platz wird länger am Tag genutzt.", "Platz mit 24 Bäumen", other_fields="HF4"),
    "Bewegungsparcours im Grünzug": _words(
        1, 3, 2, "residents", "one_off", "Geräte für alle Altersgruppen entlang des Weges.",
        "Mehr Bewegung im Alltag.", "sechs Geräte", source="foundation"),
    "Verfügungsfonds": _words(
        2, 1, 1, "administration", "open", "Kleine Vorhaben, über die eine Jury entscheidet.",
        "Mehr Vorhaben aus der Bewohnerschaft.", "Vorhaben der Nachbarschaft"),
    "Integriertes Handlungskonzept, Fortschreibung": _words(
        1, 1, 1, "administration", "one_off", "Fortschreibung mit Zielen, Maßnahmen und Kosten.",
        "Ziele sind abgestimmt.", "Konzept beschlossen"),
    "Jobberatung im Quartier": _words(
        3, 4, 1, "provider", "open", "Beratung zu Arbeit und Ausbildung im Quartiersbüro.",
        "Mehr Menschen finden Arbeit.", "Beratung an drei Tagen", source="esf", other_fields="HF1"),
    "Erweiterung der Kita": _words(
        4, 2, 1, "administration", "continues", "Anbau für zwei Gruppen.",
        "Mehr Kinder finden wohnortnah einen Platz.", ""),
    "Entsiegelung von Innenhöfen": _words(
        5, 3, 2, "provider", "one_off", "Höfe werden entsiegelt und bepflanzt.",
        "Weniger Hitze und Regenwasser vor Ort.", "", source="efre"),
    "Gesundheitslotsen": _words(
        3, 3, 3, "residents", "open", "Lotsen begleiten zu Vorsorge und Beratung.",
        "Angebote der Vorsorge werden bekannter.", ""),
    "Familienzentrum, Ausbau und Betrieb": _words(
        4, 2, 2, "residents", "handover", "Räume neben der Schule, dazu Beratung und Kurse für Familien.",
        "Familien finden Rat in der Nähe.", "zwei Räume, drei Kurse"),
    "Gemeinschaftsgarten mit Werkstatt": _words(
        3, 1, 2, "residents", "handover", "Beete und eine Werkstatt, dazu Anleitung an zwei Tagen.",
        "Nachbarn lernen sich kennen.", "40 Beete", source="foundation", other_fields="HF1"),
    "Stadtteilmütter in zwei Quartieren": _words(
        3, 2, 2, "provider", "handover", "Mütter beraten Mütter, zu Hause und in Gruppen.",
        "Mehr Familien nutzen die Angebote.", "zwölf Stadtteilmütter", other_fields="HF2"),
}  # fmt: skip
_TYPES = (
    ("1", "Stadtplanungsamt Musterstadt, {name}", "administration", "coordinator"),
    ("2", "Quartiersbüro {name}, Stadtteilwerk gGmbH", "provider", "office"),
    ("3", "Nachbarschaftsverein {name} e. V.", "association", "provider"),
    ("4", "Grundschule und Kita {name}", "school", "partner"),
    ("5", "Wohnungsgenossenschaft {name} eG", "housing", "partner"),
)
_NAMES = {"QM-01": "Gebiet 1", "QM-02": "Gebiet 2", "QM-03": "Gebiet 3", "QM-04": "Gebiet 4"}
_SINCE = {"QM-01": "2018-04-01", "QM-02": "2023-10-01", "QM-03": "2005-05-01", "QM-04": "2024-10-01"}
ORGANISATIONS: tuple[tuple[str, ...], ...] = (
    *((f"O-{area}-{number}", area, name.format(name=called), kind, role, _SINCE[area],
       "2017-12-31" if area == "QM-03" and number == "2" else "")
      for area, called in _NAMES.items() for number, name, kind, role in _TYPES),
    ("O-STADT-1", "", "Amt für Soziales Musterstadt", "administration", "contact", "2005-01-01", ""),
)  # fmt: skip
CONCEPTS: tuple[tuple[str, ...], ...] = (
    ("K-QM-01-1", "QM-01", "IHK", "2017-11-30", "Rat", "2018-01-01", "2024-12-31", "ja", "ja", "ja", "ja", "ja", "ja",
     "yes"),
    ("K-QM-02-1", "QM-02", "ISEK", "2023-05-11", "Rat", "2023-07-01", "2030-12-31", "ja", "ja", "ja", "ja", "ja",
     "nein", "yes"),
    ("K-QM-03-1", "QM-03", "IHK", "2006-03-15", "Rat", "2006-03-15", "2014-12-31", "ja", "ja", "ja", "nein", "nein",
     "nein", "partly"),
    ("K-QM-04-1", "QM-04", "VU", "", "", "2024-10-01", "", "nein", "nein", "nein", "ja", "nein", "nein", "no"),
)  # fmt: skip
# The values are shares (0-1) as the layers have them; start values are near what the counts give.
GOALS: tuple[tuple[str, ...], ...] = (
    ("Z-QM-01-1", "QM-01", "K-QM-01-1", "leading", "HF5", "Die Bewohnerschaft gestaltet das Gebiet mit.", "", "", "",
     "",
     "partly", "Wahl des Quartiersrats 2023"),
    ("Z-QM-01-2", "QM-01", "K-QM-01-1", "field", "HF2", "Weniger Kinder leben von Transferleistungen.", "child_poverty",
     "0,57", "0,5", "2027", "partly", "Monitoring 2024"),
    ("Z-QM-01-3", "QM-01", "K-QM-01-1", "field", "HF3", "Wege und Plätze sind grün und sicher.", "", "", "", "2025",
     "reached", "Quartiersplatz 2024"),
    ("Z-QM-01-4", "QM-01", "K-QM-01-1", "project", "HF1", "Jede Nachbarschaft hat einen Treffpunkt.", "", "", "",
     "2026",
     "not_measurable", ""),
    ("Z-QM-01-5", "QM-01", "K-QM-01-1", "field", "HF2", "Weniger Menschen sind arbeitslos.", "unemployment", "0,147",
     "0,12", "2027", "partly", "Monitoring 2024"),
    ("Z-QM-02-1", "QM-02", "K-QM-02-1", "leading", "HF1", "Alte und neue Nachbarschaften kommen zusammen.", "", "", "",
     "", "not_measurable", ""),
    ("Z-QM-02-2", "QM-02", "K-QM-02-1", "field", "HF2", "Weniger Haushalte sind auf Hilfen angewiesen.", "transfer",
     "0,222", "0,2", "2030", "not", "Monitoring 2024"),
    ("Z-QM-03-1", "QM-03", "K-QM-03-1", "leading", "HF5", "Das Gebiet trägt seine Angebote selbst.", "", "", "", "2017",
     "reached", "Abschlussbilanz 2017"),
)  # fmt: skip
PURPOSES: tuple[tuple[str, str], ...] = (
    ("Nachbarschaftsfest im Hof", "HF1"), ("Bänke am Weg zur Schule", "HF3"), ("Lesefest in der Bibliothek", "HF2"),
    ("Hochbeete für den Gemeinschaftsgarten", "HF3"), ("Fahrradwerkstatt für Jugendliche", "HF4"),
    ("Druck der Stadtteilzeitung", "HF5"), ("Sportgeräte für den Jugendtreff", "HF4"),
    ("Ausstellung zur Geschichte der Siedlung", "HF1"),
)  # fmt: skip
_DONE = {"1": "O-QM-03-3", "2": "O-QM-03-3", "3": "O-QM-03-1", "4": "O-QM-03-3", "5": "O-QM-03-1", "6": "O-STADT-1",
         "7": "O-QM-03-3", "8": "O-QM-03-1", "9": "O-QM-03-1", "10": "O-QM-03-1"}  # fmt: skip
_NEXT = {**{number: key.replace("QM-03", "QM-01") for number, key in _DONE.items()}, "5": ""}
TASKS: tuple[tuple[str, ...], ...] = (
    *(("QM-01", f"T{number}", key, "12000,00" if number in ("1", "2") else "", "2028-01-01", "")
      for number, key in _NEXT.items()),
    *(("QM-03", f"T{number}", key, "8000,00" if number in ("1", "2") else "", "2018-01-01", "")
      for number, key in _DONE.items()),
    ("QM-03", "watch", "O-STADT-1", "1500,00", "2018-01-01", "Alle zwei Jahre mit dem Monitoring"),
)  # fmt: skip
ANCHORS: tuple[tuple[str, ...], ...] = (
    ("A-QM-01-1", "QM-01", "Nachbarschaftszentrum", "O-QM-01-3", "2035-12-31"),
    ("A-QM-01-2", "QM-01", "Familientreff an der Grundschule", "O-QM-01-4", "2026-06-30"),
    ("A-QM-03-1", "QM-03", "Stadtteilhaus", "O-QM-03-3", "2032-12-31"),
    ("A-QM-01-3", "QM-01", "Quartiersbüro", "O-QM-01-2", "2027-12-31"),
)
BODIES: tuple[tuple[str, ...], ...] = (
    ("G-QM-01-1", "QM-01", "Steuerungsrunde Gebiet 1", "steering", "9", "2", "2018-02-12", "6"),
    ("G-QM-01-2", "QM-01", "Quartiersrat Gebiet 1", "council", "18", "11", "2018-06-20", "8"),
    ("G-QM-01-3", "QM-01", "Vergabejury QM-01", "jury", "8", "8", "2019-01-15", "4"),
    ("G-QM-02-1", "QM-02", "Steuerungsrunde Gebiet 2", "steering", "8", "1", "2023-09-05", "4"),
    ("G-QM-02-2", "QM-02", "Quartiersrat Gebiet 2", "council", "12", "5", "2024-02-01", "6"),
    ("G-QM-02-3", "QM-02", "Vergabejury QM-02", "jury", "7", "7", "2024-02-15", "4"),
    ("G-QM-03-1", "QM-03", "Stadtteilkonferenz Gebiet 3", "working_group", "14", "10", "", "3"),
)
