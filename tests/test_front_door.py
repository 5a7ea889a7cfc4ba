"""What the front door promises is there, sorted, and at most fifteen names."""

from types import ModuleType

import pytest

import qmgis


def test_names_are_exported_and_sorted():
    assert qmgis.__all__ == sorted(qmgis.__all__)
    assert len(qmgis.__all__) <= 15
    for name in qmgis.__all__:
        assert (name in {"programme", "years"}) == isinstance(getattr(qmgis, name), ModuleType), name


def test_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="nonsense"):
        qmgis.nonsense  # noqa: B018


@pytest.mark.parametrize("room", ["programme", "years"])
def test_rooms_behind_the_door_give_what_they_name(room):
    behind = getattr(qmgis, room)
    assert behind.__all__ == sorted(behind.__all__)
    assert dir(behind) == behind.__all__
    for name in behind.__all__:
        assert callable(getattr(behind, name)), name
    with pytest.raises(AttributeError, match="nonsense"):
        behind.nonsense  # noqa: B018
