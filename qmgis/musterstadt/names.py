"""Invented names of areas, districts, regions and places."""

from __future__ import annotations

import numpy as np

__all__ = ["area_names", "district_names"]

STEMS: dict[str, tuple[str, ...]] = {
    "old_town": ("Altstadt", "Marktviertel", "Am Dom", "Gerberviertel", "Am Kornhaus", "Klosterviertel", "Ratswinkel",
                 "Am Pulverturm", "Fischerviertel", "Töpfermarkt"),
    "gruenderzeit": ("Neue Vorstadt", "Schlachthofviertel", "Bahnhofsviertel", "Am Mühlgraben", "Gaswerkviertel",
                     "Brunnenvorstadt", "Kaiserplatz", "Südvorstadt", "Am Ringwall", "Ledervorstadt", "Lindenplatz",
                     "Theaterviertel", "Uferviertel", "Steintor", "Neustädter Tor", "Wasserturm", "Johannisplatz",
                     "Am Zollhof", "Weberviertel", "Postviertel", "Nordbahnhof", "Salzspeicher", "Museumsviertel",
                     "Brauereiviertel", "Gerichtsviertel", "Am Schwanenteich", "Turmstraße", "Färberinsel"),
    "rows": ("Heinrichsfeld", "Am Sportpark", "Friedensau", "Weststadt", "Eichkamp", "Neue Breite", "Ostsiedlung",
             "Lange Wiese", "Am Stadion", "Falkenried", "Am Wasserwerk", "Kolpingsiedlung", "Windmühlenberg",
             "Hufeisensiedlung", "Nordstadt", "Bürgerfeld", "Am Krankenhaus", "Reuterviertel", "Fliederweg",
             "Birkenkamp", "Sandberge", "Am Kanalhafen", "Marienfeld", "Kastanienhof", "Ulmenhof", "Mittelfeld",
             "Am Schwimmbad", "Brückenkamp", "Papenkamp", "Rotdornsiedlung", "Am Bauhof", "Kreuzbreite",
             "Luisenhof", "Am Gänseanger", "Hasenkamp", "Zeppelinviertel", "Wilhelmsaue", "Ziegelei",
             "Am Krähenberg", "Sternsiedlung", "Kuckucksmühle", "Neue Aue", "Pfarrbreite", "Am Flutgraben"),
    "slab": ("Neu-Lindenau", "Am Kiefernhain", "Sonnenwarte", "Lindenau Mitte", "Am Hochhaus", "Kosmosviertel",
             "Rosengarten", "Lerchenauer Ring", "Am Einkaufszentrum", "Neu-Auental", "Auental Mitte", "Am Grünzug",
             "Auental Süd", "Am Heizwerk", "Punkthäuser", "Seeterrassen"),
    "villa": ("Dichterviertel", "Parkviertel", "Am Schlossberg", "Musikerviertel", "Am Rosenhang", "Professorenviertel",
              "Waldvorstadt", "Seeblick"),
    "garden": ("Gartenstadt", "Am Lerchenfeld", "Vogelviertel", "Blumensiedlung", "Sonnenhang", "Am Obstgarten",
               "Märchensiedlung", "Wiesengrund", "Am Eichberg", "Hopfengarten", "Am Tannenbusch", "Heidesiedlung",
               "Bienengarten", "Am Quellental", "Steinacker", "Honigwiese", "Drosselweg", "Am Kirschberg",
               "Haselbusch", "Neue Gartenstadt"),
    "village": ("Alt-Wiesenthal", "Oberndorfhausen", "Kleinmühlen", "Alt-Lindenau", "Großenrode am Bach", "Hagendorf",
                "Unterauen", "Kirchweiler", "Steinhofen", "Brückenau-Dorf"),
    "industry": ("Gewerbegebiet Nord", "Güterbahnhof", "Industriepark Ost", "Hafen", "Gewerbegebiet Am Schacht",
                 "Technologiepark", "Stahlwerk", "Logistikzentrum"),
    "park": ("Stadtpark", "Auenpark", "Hauptfriedhof", "Volkspark", "Rosenaue"),
    "fields": ("Feldmark Süd", "Stadtforst", "Außenring West", "Hohe Heide", "Rieselfelder", "Bauernheide",
               "Galgenberg", "Weidengrund"),
}  # fmt: skip
ENDINGS = ("Nord", "Süd", "Ost", "West", "Mitte")
DISTRICTS = (
    "Mitte", "Nordost", "Nord", "Nordwest", "West", "Südwest", "Süd", "Südost", "Ost", "Lindenau", "Auental",
    "Heide", "Bruch", "Wiesenthal",
)  # fmt: skip


def area_names(use: np.ndarray) -> list[str]:
    """Return a name for each area by its kind of quarter; no name occurs twice.

    Examples
    --------
    >>> area_names(np.array(["old_town", "park", "old_town"]))
    ['Altstadt', 'Stadtpark', 'Marktviertel']
    """
    seen: dict[str, int] = {}
    names = []
    for kind in use:
        number = seen.get(kind, 0)
        seen[kind] = number + 1
        stems = STEMS[kind]
        stem, turn = stems[number % len(stems)], number // len(stems)
        if turn == 0:
            names.append(stem)
        elif turn <= len(ENDINGS):
            names.append(f"{stem} {ENDINGS[turn - 1]}")
        else:
            names.append(f"{stem} {turn + 1}")
    return names


def district_names(count: int) -> list[str]:
    """Return a name for each district.

    Examples
    --------
    >>> district_names(2)
    ['Mitte', 'Nordost']
    """
    return [DISTRICTS[spot] if spot < len(DISTRICTS) else f"Bezirk {spot + 1}" for spot in range(count)]
