"""A good little city, and hands that spoil it: for tests of what bad input is told."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from qmgis.cli.main import app

TABLE, AREAS, KITAS, RESIDENTS = "indicators_2024.csv", "areas.geojson", "kitas.csv", "residents_2024.csv"
_LEVELS = {"de": ("FEHLER", "WARNUNG", "HINWEIS"), "en": ("ERROR", "WARNING", "NOTE")}
# Words of English sentences that no German sentence has; texts in quotation marks are the user's own.
_ENGLISH = re.compile(r"\b(the|is|are|not|row|column|of|and|with|expected|invalid|unable|cannot)\b", re.IGNORECASE)


def layer(town: Path, name: str, old: str, new: str) -> None:
    """Change a layer file by a pattern of lines; the change has to hit something."""
    _change(town / "layers" / "town" / name, old, new)


def data(town: Path, name: str, old: str, new: str) -> None:
    """Change a data file by a pattern of lines; the change has to hit something."""
    _change(data_file(town, name), old, new)


def _change(file: Path, old: str, new: str) -> None:
    text = file.read_bytes().decode("utf-8")
    found = re.sub(old, lambda hit: hit.expand(new), text, flags=re.MULTILINE)
    assert found != text, old
    file.write_bytes(found.encode("utf-8"))


def data_file(town: Path, name: str) -> Path:
    return town / "data" / "town" / name


def put(town: Path, name: str, content: bytes) -> None:
    data_file(town, name).write_bytes(content)


def areas_from(town: Path, name: str, content: bytes | None = None) -> None:
    """Let the areas come from another file."""
    if content is not None:
        put(town, name, content)
    layer(town, "areas.toml", 'path = "town/areas.geojson"', f'path = "town/{name}"')


def zipped(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def features(town: Path, change: Callable[[list[Any]], object]) -> None:
    """Change the features of the areas' file."""
    file = data_file(town, AREAS)
    content = json.loads(file.read_text("utf-8"))
    change(content["features"])
    file.write_text(json.dumps(content), "utf-8")


def network(town: Path, *shapes: object) -> None:
    """Give the city streets."""
    lines = [{"type": "Feature", "properties": {"a": 1}, "geometry": shape} for shape in shapes]
    put(town, "streets.geojson", json.dumps({"type": "FeatureCollection", "features": lines}).encode())
    text = 'kind = "network"\ntitle = "Wege"\nsource = "vector"\npath = "town/streets.geojson"\nlicence = "-"\n'
    text += 'credit = "-"\n'
    (town / "layers" / "town" / "streets.toml").write_text(text, "utf-8")


def fingerprint(folder: Path) -> dict[str, str]:
    """Every file and folder below, with the digest of its content."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        for path in sorted(folder.rglob("*"))
    }


@dataclass(frozen=True)
class Said:
    """What the command line said of a city."""

    code: int
    text: str
    lines: Mapping[str, list[str]]

    @property
    def errors(self) -> list[str]:
        return self.lines["error"]


def ask(*words: str) -> tuple[int, str]:
    """Return exit code and output of a command; it never ends with a traceback or an internal error."""
    done = CliRunner().invoke(app, list(words))
    assert done.exception is None or isinstance(done.exception, SystemExit), repr(done.exception)
    for bad in ("Traceback", "Interner Fehler", "Internal error"):
        assert bad not in done.output, done.output
    assert all(sign.isprintable() or sign == "\n" for sign in done.output), ascii(done.output)
    return done.exit_code, done.output


def check(town: Path, lang: str) -> Said:
    """Return what `qmgis check` says; its German has no English in it."""
    code, text = ask("check", str(town), "--lang", lang)
    found: dict[str, list[str]] = {"error": [], "warning": [], "note": []}
    for line in text.splitlines():
        for name, word in zip(found, _LEVELS[lang], strict=True):
            if line.startswith(word):
                found[name].append(line.removeprefix(word).strip())
    said = [line for lines in found.values() for line in lines]
    for line in said if lang == "de" else ():
        own = re.sub(r'"[^"]*"|\S*[_/=\\]\S*|\[[^\]]*\]|\{[^}]*\}', "", line)
        assert not _ENGLISH.search(own.partition(": ")[2]), line
    assert len(set(said)) == len(said), text
    return Said(code, text, found)
