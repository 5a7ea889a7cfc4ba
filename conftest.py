"""Names that the examples in docstrings may use without importing them."""

import pytest

from tests import toy


@pytest.fixture(autouse=True)
def _doctest_names(doctest_namespace):
    import numpy as np
    import pandas as pd

    doctest_namespace.update(np=np, pd=pd, **{name: getattr(toy, name) for name in dir(toy) if name.startswith("toy_")})
