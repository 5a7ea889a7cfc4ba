"""Field names of ten characters that people can still read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

__all__ = ["short_names", "unique_names"]

_LIMIT = 10
_SEEN_WORDS, _SEEN_LETTERS = 12, 40  # what lies beyond is cut away in any case; looking at it takes long
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_WORDS = {
    "approximate": "approx",
    "attention": "attent",
    "benefit": "ben",
    "capacity": "cap",
    "certainty": "cert",
    "change": "chg",
    "child": "ch",
    "children": "ch",
    "class": "cls",
    "contribution": "c",
    "count": "cnt",
    "coverage": "cov",
    "denominator": "den",
    "distance": "dist",
    "dynamics": "dyn",
    "group": "grp",
    "household": "hh",
    "households": "hh",
    "index": "idx",
    "indicator": "ind",
    "limit": "lim",
    "median": "med",
    "nearest": "near",
    "not": "n",
    "numerator": "num",
    "playground": "play",
    "population": "pop",
    "poverty": "pov",
    "priority": "prio",
    "reached": "rch",
    "reliability": "rel",
    "resident": "res",
    "residents": "res",
    "school": "schl",
    "share": "shr",
    "single": "sgl",
    "smoothed": "sm",
    "status": "stat",
    "transfer": "transf",
    "unemployed": "unempd",
    "unemployment": "unempl",
    "value": "val",
    "within": "in",
    "youth": "yth",
}
_AGE = re.compile(r"(?:^|(?<=_))age_(\d+)_(\d+|plus)(?=_|$)")
_BY_AGE = re.compile(r"(.+?)_(not_)?reached_a(\d{1,3}(?:t\d{1,3})?)")
_EDITION = re.compile(r"^(?:19|20)?(\d{2})$")


def short_names(keys: Iterable[str]) -> dict[str, str]:
    """Return a name for each key: ASCII, at most ten characters, unique without case, the year kept at its end.

    Examples
    --------
    >>> list(short_names(["area", "status_index", "z_unemployment", "z_unemployment_2023"]).values())
    ['area', 'stat_idx', 'z_unempl', 'z_unempl23']
    >>> list(short_names(["Straßenname_lang", "Straßenname_läng", "2024"]).values())
    ['strss_lang', 'strs_lang2', 'f_2024']
    """
    names: dict[str, str] = {}
    taken: set[str] = set()
    counts: dict[str, int] = {}
    for key in keys:
        stem, edition = _parts(key)
        first = name = _fit(stem, _LIMIT - len(edition)) + edition
        while name in taken:
            count = counts[first] = counts.get(first, 1) + 1
            name = _fit(stem, _LIMIT - len(edition) - len(str(count))) + str(count) + edition
        names[key] = name
        taken.add(name)
    return names


def unique_names(keys: Iterable[str], *, reserved: Iterable[str] = ()) -> dict[str, str]:
    """Return the keys themselves, numbered where they differ by case only or are reserved.

    Examples
    --------
    >>> unique_names(["area", "Area", "fid"], reserved=["fid"])
    {'area': 'area', 'Area': 'Area_2', 'fid': 'fid_2'}
    """
    names: dict[str, str] = {}
    taken = {name.lower() for name in reserved}
    for key in keys:
        name, count = key, 1
        while name.lower() in taken:
            count += 1
            name = f"{key}_{count}"
        names[key] = name
        taken.add(name.lower())
    return names


def _parts(key: str) -> tuple[str, str]:
    """Return a key's readable stem and its edition (two digits of the year), both ready to be joined."""
    text = unicodedata.normalize("NFC", key).lower().translate(_GERMAN)
    text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    words = [word for word in re.split(r"[^a-z0-9]+", text) if word] or ["field"]
    if not words[0][0].isalpha():
        words.insert(0, "f")
    whole = "_".join(words)
    if len(whole) > _LIMIT:  # 18 to 64 years are no edition of 1964
        words = _AGE.sub(_ages, whole).split("_")
        whole = "_".join(words)
    edition = _EDITION.match(words[-1]) if len(whole) > _LIMIT and len(words) > 1 else None
    if edition is None:
        return whole, ""
    return "_".join(words[:-1]), edition.group(1)


def _fit(stem: str, room: int) -> str:
    """Return a stem in so many characters: known words shortened, then vowels dropped, then the longest words cut."""
    if len(stem) <= room:
        return stem
    ages = _AGE.sub(_ages, stem)
    by_age = _BY_AGE.fullmatch(ages)
    if by_age and room > len(by_age[3]) + 2:
        end = ("n" if by_age[2] else "r") + by_age[3]
        return f"{_fit(by_age[1], room - len(end) - 1)}_{end}"
    words = [_WORDS.get(word, _seen(word)) for word in ages.split("_")[:_SEEN_WORDS]]
    for shorten in (_without_vowel, _cut):
        while len("_".join(words)) > room:
            able = [place for place, word in enumerate(words) if shorten(word) != word]
            if not able:
                break
            place = max(able, key=lambda place: (words[place].isalpha(), len(words[place])))
            words[place] = shorten(words[place])
    return "_".join(words)[:room].rstrip("_")


def _ages(found: re.Match[str]) -> str:
    """Return an age group as one word: ``age_0_5`` as ``a0t5``, ``age_65_plus`` as ``a65``."""
    upto = "" if found.group(2) == "plus" else f"t{found.group(2)}"
    return f"a{found.group(1)}{upto}"


def _seen(word: str) -> str:
    """Return a word without the letters that no name can reach; the number at its end stays."""
    letters = word.rstrip("0123456789")
    return letters[:_SEEN_LETTERS] + word[len(letters) :]


def _without_vowel(word: str) -> str:
    """Return a word without its last vowel that is not its first letter; short words stay."""
    if len(word) <= 4:
        return word
    place = max((at for at in range(1, len(word)) if word[at] in "aeiou"), default=0)
    return word[:place] + word[place + 1 :] if place else word


def _cut(word: str) -> str:
    """Return a word without its last letter; what ends in a number loses the letter before it; one letter stays."""
    letters = word.rstrip("0123456789")
    return letters[:-1] + word[len(letters) :] if len(letters) > 1 else word
