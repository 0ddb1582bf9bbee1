"""The sentences and the chart of the Models page."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from emojify_core.queue.worker_presence import Worker
from emojify_core.storage.versions.records import Refusal, Version
from support.model_history import BASE, gate
from web.models.chart import HEIGHT, chart
from web.models.page_view import History, cause, models_view, verdict
from web.text_catalog import load_catalog

SAY = load_catalog()
NOW = datetime(2026, 3, 1, tzinfo=UTC)
SHIPPED = Version(1, "a" * 64, None, None, {"kind": "shipped"}, {"validation": {}}, None, NOW)


def learned(number: int, macro_f1: float, **figures: Any) -> Version:
    """Return a version that the gate has judged."""
    found = gate(macro_f1) | figures
    made = {"kind": "fine_tune", "by": "trainer", "corrections": 2}
    return Version(
        number, f"{number:064x}", number - 1, number - 1, made, {"gate": found}, found, NOW
    )


def refusal(base: int, macro_f1: float) -> Refusal:
    """Return a refused candidate."""
    return Refusal(1, NOW, base, ("x",), gate(macro_f1), "It would forget.")


CAUSES = {
    "the first": (SHIPPED, "The original model of this project."),
    "a release": (replace(SHIPPED, version=5, parent=4), "The original model of a newer release"),
    "learned": (learned(2, 0.6), "Learned 2 corrections."),
    "an older release's": (replace(learned(2, 0.6), cause={"kind": "fine_tune"}), "Learned 1 corr"),
    "a rebuild": (replace(SHIPPED, cause={"kind": "undo", "by": "trainer"}), "Rebuilt without"),
    "an undo": (replace(SHIPPED, cause={"kind": "undo", "target": 3}), "Version 3 again, because"),
    "a rollback": (
        replace(SHIPPED, cause={"kind": "rollback", "target": 4, "by": "anna", "why": ""}),
        "Version 4 again, by anna.",
    ),
    "something new": (replace(SHIPPED, cause={"kind": "import"}), "Made by “import”."),
}


@pytest.mark.parametrize(("version", "sentence"), CAUSES.values(), ids=CAUSES)
def test_every_cause_has_a_sentence(version: Version, sentence: str) -> None:
    """An unknown cause, of a later release, does not break the page."""
    assert sentence in cause(version, SAY, administrator=True)


def test_only_an_administrator_reads_who_rolled_back_and_why() -> None:
    """A reason may name a person, above all when that person asked for an erasure."""
    details = {"kind": "rollback", "target": 4, "by": "anna", "why": "Mrs Example asked"}
    back = replace(SHIPPED, cause=details)
    assert cause(back, SAY, administrator=False) == "Version 4 again."
    assert "by anna: Mrs Example asked" in cause(back, SAY, administrator=True)


def test_a_verdict_is_shown_with_its_figures() -> None:
    """A version that was not judged says so."""
    assert "still knows 4 of 4 earlier corrections" in verdict(learned(2, 0.6), SAY)
    none_before = learned(2, 0.6, earlier={"kept": 0, "of": 0})
    assert "earlier" not in verdict(none_before, SAY)
    assert "trained" in verdict(SHIPPED, SAY)
    assert "trained" in verdict(replace(SHIPPED, version=5, parent=4), SAY)
    back = replace(SHIPPED, version=5, parent=4, cause={"kind": "rollback"})
    assert "No new test" in verdict(back, SAY)


def test_the_list_marks_live_served_and_kept_versions() -> None:
    """Only a version with files can be activated."""
    versions = [learned(3, 0.62), learned(2, 0.61), SHIPPED]
    workers = [Worker("predict@a:1", 3), Worker("predict@b:1", 3), Worker("train@a:2", None)]
    view = models_view(
        History(versions, 3, [refusal(2, 0.5)]),
        workers,
        holds=lambda sha256: sha256 != versions[1].sha256,
        administrator=False,
        say=SAY,
    )
    lines = view["versions"]
    assert [(each.version, each.live, each.kept) for each in lines] == [
        (3, True, True),
        (2, False, False),
        (1, False, True),
    ]
    assert [each.served for each in lines] == ["Served by 2 workers.", None, None]
    assert [each.score for each in lines] == ["macro-F1 .620", "macro-F1 .610", None]
    assert view["refusals"][0].score == "macro-F1 .500, against .614 live"
    nothing = replace(refusal(2, 0.5), figures={})
    view = models_view(
        History([SHIPPED], 1, [nothing]), None, holds=lambda _: True, administrator=False, say=SAY
    )
    assert (view["chart"], view["refusals"][0].score, view["workers"]) == (None, None, None)


def test_the_chart_places_higher_values_higher() -> None:
    """The first version has the value that later gates measured for it."""
    drawn = chart([learned(3, 0.6), learned(2, 0.63), SHIPPED], [refusal(2, 0.59)], 3, SAY)
    assert drawn
    first, second, third = drawn.points
    assert first.words == f"Version 1: {BASE:.3f}".replace("0.", ".")
    assert second.y < first.y < third.y
    assert first.x < second.x < drawn.crosses[0].x < third.x
    assert drawn.crosses[0].y > third.y
    assert [point.live for point in drawn.points] == [False, False, True]
    assert all(0 < y < HEIGHT for y in (*(p.y for p in drawn.points), drawn.crosses[0].y))
    assert "the live one scores .600" in drawn.words


def test_the_chart_shows_only_figures_of_the_same_rows() -> None:
    """A model judged on other sentences is neither better nor worse."""
    others = learned(2, 0.3, data="starter")
    assert chart([learned(3, 0.6), others, SHIPPED], [], 3, SAY).points[0].words == (  # type: ignore[union-attr]
        "Version 1: .614"
    )
    assert len(chart([learned(3, 0.6), others, SHIPPED], [], 3, SAY).points) == 2  # type: ignore[union-attr]
    assert chart([SHIPPED], [], 1, SAY) is None
    assert chart([learned(2, 0.6)], [], 2, SAY) is None, "a line needs two points"


def test_nearly_equal_values_make_a_flat_line() -> None:
    """Noise in the fourth decimal does not look like a drop."""
    versions = [learned(n, 0.6 + n / 10_000) for n in range(40, 1, -1)]
    drawn = chart(versions, [], 40, SAY)
    assert drawn
    heights = [point.y for point in drawn.points]
    assert max(heights) - min(heights) < HEIGHT / 3
    assert len(drawn.labels) <= 10
