"""What `make test` leaves out, another target runs, and CI runs that target."""

import re
import tomllib

import pytest

from support.processes import REPOSITORY

CONFIGURATION = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
MAKEFILE = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
CI = (REPOSITORY / ".ci" / "run").read_text(encoding="utf-8")
LEFT_OUT = re.findall(r"not (\w+)", CONFIGURATION["tool"]["pytest"]["ini_options"]["addopts"][-1])


@pytest.mark.parametrize("mark", LEFT_OUT)
def test_each_mark_that_make_test_leaves_out_runs_in_ci(mark: str) -> None:
    """No test exists that CI never runs."""
    target = mark if mark == "chaos" else f"test-{mark}"
    recipe = re.search(rf"^{target}:.*\n((?:\t.*\n)+)", MAKEFILE, re.MULTILINE)
    assert recipe is not None
    assert f"-m {mark}" in recipe[1]
    assert f"make {target}\n" in CI


def test_every_tier_has_a_mark() -> None:
    """The list above is complete."""
    declared = CONFIGURATION["tool"]["pytest"]["ini_options"]["markers"]
    assert sorted(LEFT_OUT) == sorted(entry.partition(":")[0] for entry in declared)
