"""Runs the test files of a folder in a given order: destructive ones last."""

from collections.abc import Sequence
from pathlib import Path

import pytest


def order_files(
    items: list[pytest.Item], folder: Path, order: Sequence[str], *marks: pytest.MarkDecorator
) -> None:
    """Mark the folder's tests and sort them by file; `order` names files without `test_`.

    Tests of other folders keep their places. Raises ValueError for a file that `order` lacks.
    """
    places = [place for place, item in enumerate(items) if item.path.parent == folder]
    in_folder = [items[place] for place in places]
    in_folder.sort(key=lambda item: order.index(item.path.stem.removeprefix("test_")))
    for place, item in zip(places, in_folder, strict=True):
        for mark in marks:
            item.add_marker(mark)
        items[place] = item
