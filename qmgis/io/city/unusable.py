"""Why a city cannot be opened: every error of its folder in one message."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from qmgis.errors import DataError, LayerFileError, QmgisError
from qmgis.model import Problem, words

__all__ = ["unusable"]


def unusable(folder: Path, problems: Iterable[Problem], *, is_layer_file: bool) -> QmgisError:
    """Return the error that lists every problem that stands in the way; of layer files, or of data.

    Examples
    --------
    >>> from qmgis.model import Text
    >>> fault = Problem("error", Text("Fehlt.", "Is missing."))
    >>> unusable(Path("town"), [fault], is_layer_file=False).en.splitlines()[1]
    '- Is missing.'
    """
    errors = [problem for problem in problems if problem.level == "error"]
    head = words("check.cannot_open_city", folder=folder.name, n=len(errors))
    en = "\n".join([head.en, *(f"- {problem.say('en')}" for problem in errors)])
    de = "\n".join([head.de, *(f"- {problem.say('de')}" for problem in errors)])
    return (LayerFileError if is_layer_file else DataError)(en, de=de)
