"""``qmgis profile``: the methods that there are, what they say, and what another one would change."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from qmgis.cli import show
from qmgis.cli.options import DataOption, JsonOption, LangOption
from qmgis.i18n import say

if TYPE_CHECKING:
    from qmgis.model import City, Profile

CityOption = Annotated[Optional[Path], typer.Option("--city", metavar="CITY", help="Folder of the city.")]  # noqa: UP045
RunOption = Annotated[Optional[str], typer.Option("--run", metavar="RUN", help="Year and areas of this run.")]  # noqa: UP045
_OUT = "Default: KEY.toml in the city's folder profiles, without --city here."
YearOption = Annotated[Optional[int], typer.Option("--year", metavar="YEAR", help="Year; default: the newest run's.")]  # noqa: UP045
KEY = "Key of a profile, or a TOML file."

app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Method profiles: show, check, compare, start an own one."
)


@app.command("show")
def show_(
    key: Annotated[Optional[str], typer.Argument(metavar="KEY", help=KEY)] = None,  # noqa: UP045
    *,
    city: CityOption = None,
    run: RunOption = None,
    year: YearOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """List all profiles, or print one as a method sheet; with a city also whether its indicators belong together."""
    with show.errors(lang, city=city):
        from qmgis.cli import sheets

        opened = _opened(city, data)
        words = lang or (opened.lang if opened else "de")
        known = _known(opened)
        if key is None:
            sheets.listing(known, words, as_json=as_json)
        else:
            sheets.sheet(_profile(key, known), words, city=opened, run=run, year=year, as_json=as_json)


@app.command()
def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A profile as TOML file.")],
    *,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """List every fault of a profile with its line; exit 1 if there is one."""
    with show.errors(lang):
        from qmgis.cli import sheets
        from qmgis.errors import LayerFileError
        from qmgis.io.profiles.files import check_profile_file

        if not file.is_file():
            raise LayerFileError(
                f'There is no file "{file}"; name the TOML file of a profile.',
                de=f'Die Datei "{file}" gibt es nicht; die TOML-Datei eines Profils angeben.',
            )
        problems = check_profile_file(file)
        sheets.problems(file, problems, lang or "de", as_json=as_json)
        if problems:
            raise typer.Exit(1)


@app.command()
def diff(
    first: Annotated[str, typer.Argument(metavar="A", help=KEY)],
    second: Annotated[str, typer.Argument(metavar="B", help=KEY)],
    *,
    city: CityOption = None,
    run: RunOption = None,
    year: YearOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Say what two profiles do differently; with a city also which areas change class, and why."""
    with show.errors(lang, city=city):
        from qmgis.cli import sheets

        opened = _opened(city, data)
        known = _known(opened)
        pair = (_profile(first, known), _profile(second, known))
        words = lang or (opened.lang if opened else "de")
        sheets.difference(pair, words, city=opened, run=run, year=year, as_json=as_json)


@app.command()
def new(
    key: Annotated[str, typer.Argument(metavar="KEY", help="Key of the new profile.")],
    *,
    like: Annotated[str, typer.Option("--from", metavar="KEY", help="Profile to begin with.")] = "mss-2021",
    city: CityOption = None,
    out: Annotated[Optional[Path], typer.Option("--out", metavar="FILE", help=_OUT)] = None,  # noqa: UP045
    lang: LangOption = None,
) -> None:
    """Write a commented profile of your own; an existing file is never overwritten."""
    with show.errors(lang, city=city):
        from qmgis.io.declared.language import language_of
        from qmgis.io.disk.dataroot import city_folder
        from qmgis.io.profiles.files import own_profiles, profiles
        from qmgis.io.profiles.new import new_profile

        words = lang or (language_of(city) if city else None) or "de"
        home = city_folder(city) if city else None
        known = {**profiles(), **(own_profiles(home)[0] if home else {})}
        file = out or (home / "profiles" if home else Path()) / f"{key}.toml"
        made = new_profile(key, like=_profile(like, known), out=file, lang=words)
        show.line(say("cli.profile_new", words, file=made))


def _opened(city: Path | None, data: Path | None) -> City | None:
    if city is None:
        return None
    from qmgis.io.city.workspace import open_city

    return open_city(city, data=data)


def _known(city: City | None) -> dict[str, Profile]:
    """Return the shipped profiles, and a city's own after them."""
    from qmgis.io.profiles.files import profiles

    return {**profiles(), **(city.profiles if city else {})}


def _profile(key: str, known: dict[str, Profile]) -> Profile:
    """Return a profile by key, or of a file."""
    from qmgis.io.profiles.files import open_profile_file, profile

    return open_profile_file(Path(key)) if key.endswith(".toml") else profile(key, known=known)
