"""Scripts and styles that pages carry with them, vendored with their licences; nothing is fetched at run time.

``manifest.toml`` names the files of others with version, licence and sha256; the files in ``own/`` are ours.
"""

from __future__ import annotations

import re
import tomllib
from base64 import b64encode
from functools import cache
from importlib.resources import files
from typing import Any

from qmgis.errors import UnknownKeyError, did_you_mean

__all__ = ["licence_note", "manifest", "names", "read", "read_bytes"]

_OWN = ("own/map.css", "own/map.js")
_URL = re.compile(r"url\(\s*['\"]?(?!#|data:)([^)'\"]+)['\"]?\s*\)")


@cache
def manifest() -> dict[str, Any]:
    """Return what is shipped of others: by package, its version, licence and files.

    Examples
    --------
    >>> manifest()["leaflet"]["version"]
    '1.9.4'
    """
    return tomllib.loads(files(__name__).joinpath("manifest.toml").read_text(encoding="utf-8"))


def names() -> tuple[str, ...]:
    """Return the name of every asset, sorted."""
    foreign = (name for package in manifest().values() for name in package["files"])
    return tuple(sorted((*foreign, *_OWN)))


def read_bytes(name: str) -> bytes:
    """Return an asset as it is shipped.

    Raises
    ------
    UnknownKeyError
        If the name is not mapped: no page may use what is not shipped.

    Examples
    --------
    >>> read_bytes("leaflet/images/layers.png")[1:4]
    b'PNG'
    """
    if name not in names():
        raise UnknownKeyError(
            f'"{name}" is not shipped with qmgis and would be fetched from elsewhere; vendor it in assets.'
            f"{did_you_mean(name, names())}",
            de=f'"{name}" wird nicht mit qmgis ausgeliefert und würde aus dem Netz geladen; in assets aufnehmen.'
            f"{did_you_mean(name, names(), lang='de')}",
        )
    return files(__name__).joinpath(*name.split("/")).read_bytes()


@cache
def read(name: str) -> str:
    """Return a script or style as text that needs no other file: pictures of a style are put into it.

    Examples
    --------
    >>> "url(images/" in read("leaflet/leaflet.css")
    False
    """
    text = read_bytes(name).decode("utf-8")
    if name.endswith(".js"):
        return re.sub(r"^//# sourceMappingURL=.*$", "", text, flags=re.MULTILINE).rstrip() + "\n"
    folder = name.rpartition("/")[0]
    return _URL.sub(lambda found: f"url({_data_uri(f'{folder}/{found[1]}')})", text)


def licence_note() -> str:
    """Return one line on what a page carries of others.

    Examples
    --------
    >>> licence_note()
    'leaflet 1.9.4 (BSD-2-Clause)'
    """
    return ", ".join(f"{name} {entry['version']} ({entry['licence']})" for name, entry in sorted(manifest().items()))


def _data_uri(name: str) -> str:
    return "data:image/png;base64," + b64encode(read_bytes(name)).decode("ascii")
