"""Tests of one folder in an order of their own: who destroys what all share comes last."""

from collections.abc import Sequence
from pathlib import Path

import pytest


def put_in_order(
    items: list[pytest.Item], folder: Path, order: Sequence[str], *marks: pytest.MarkDecorator
) -> None:
    """Mark the folder's tests and sort them by their file, as `order` names it without `test_`.

    Tests of other folders keep their places. Raises ValueError for a file that is not named.
    """
    places = [place for place, item in enumerate(items) if item.path.parent == folder]
    ours = [items[place] for place in places]
    ours.sort(key=lambda item: order.index(item.path.stem.removeprefix("test_")))
    for place, item in zip(places, ours, strict=True):
        for mark in marks:
            item.add_marker(mark)
        items[place] = item
