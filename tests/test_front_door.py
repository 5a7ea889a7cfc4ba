"""What the front door promises is there, sorted, and at most fifteen names."""

import pytest

import qmgis


def test_names_are_exported_and_sorted():
    assert qmgis.__all__ == sorted(qmgis.__all__)
    assert len(qmgis.__all__) <= 15
    for name in qmgis.__all__:
        assert getattr(qmgis, name) is not None


def test_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="nonsense"):
        qmgis.nonsense  # noqa: B018
