"""Workbooks that are the same for the same content: words are words, nothing is a formula, no clock is in them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import xlsxwriter

from qmgis.io.written.cells import clean

__all__ = ["LONGEST", "new_book"]

LONGEST = 32_767  # signs that a cell holds
_STAMP = datetime(1980, 1, 1)  # noqa: DTZ001
_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}


@contextmanager
def new_book(content: io.BytesIO, title: str) -> Iterator[Any]:
    """Give a workbook that is written to ``content`` at the end."""
    with xlsxwriter.Workbook(content, _OPTIONS) as book:
        book.set_properties({"title": clean(title), "author": "qmgis", "created": _STAMP})
        yield book
