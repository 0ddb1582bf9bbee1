"""JSON columns contain strict JSON."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emojify_core.storage.database.json_columns import to_json

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    # What is not finite is for the test below.
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(VALUES)
def test_json_values_come_back(value: object) -> None:
    """Figures and reasons come back unchanged."""
    assert json.loads(to_json(value)) == value


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_non_finite_numbers_become_null(number: float) -> None:
    """Strict JSON has no NaN or infinity."""
    assert to_json({"a": [number, (number, 1.5)]}) == '{"a": [null, [null, 1.5]]}'
