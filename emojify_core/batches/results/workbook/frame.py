"""All of a workbook but its rows: the styles, and the sheet that sums up, with its chart."""

from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from emojify_core.labels import EMOTIONS, NO_EMOTION

ROWS = "xl/worksheets/sheet1.xml"  # the part that is written row by row
BOLD = 1  # the style of the header, the first that the workbook defines
_CREATED = datetime(1980, 1, 1, tzinfo=UTC)  # so that the bytes are the same each time
_CHART = {"x_scale": 1.3, "y_scale": 1.2}


def frame_parts(summary: dict[str, Any]) -> dict[str, bytes]:
    """Return the parts of a workbook by name, without the sheet of rows."""
    from xlsxwriter import Workbook  # noqa: PLC0415 - slow to import, and few ask for a workbook

    content = BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
    }
    with Workbook(content, options) as workbook:
        workbook.set_properties({"created": _CREATED})
        bold = workbook.add_format({"bold": True})
        share = workbook.add_format({"num_format": "0.0%"})
        workbook.add_worksheet("Rows").write_string(0, 0, "", bold)
        sheet = workbook.add_worksheet("Summary")
        rows = _counts(summary)
        total = sum(count for _, count in rows) or 1
        for column, name in enumerate(("Emotion", "Rows", "Share")):
            sheet.write_string(0, column, name, bold)
        for number, (name, count) in enumerate(rows, 1):
            sheet.write_string(number, 0, name)
            sheet.write_number(number, 1, count)
            sheet.write_number(number, 2, count / total, share)
        below = len(rows) + 2
        for number, (name, count) in enumerate(_further(summary), below):
            sheet.write_string(number, 0, name)
            sheet.write_number(number, 1, count)
        sheet.set_column(0, 0, 34)
        chart = workbook.add_chart({"type": "bar"})
        chart.add_series(
            {
                "name": "Rows",
                "categories": ["Summary", 1, 0, len(rows), 0],
                "values": ["Summary", 1, 1, len(rows), 1],
                "data_labels": {"value": True},
            }
        )
        chart.set_title({"name": "Rows by emotion"})
        chart.set_legend({"none": True})
        chart.set_y_axis({"reverse": True})  # the first emotion on top
        sheet.insert_chart(0, 4, chart, _CHART)
    with ZipFile(content) as archive:
        return {name: archive.read(name) for name in archive.namelist() if name != ROWS}


def _counts(summary: dict[str, Any]) -> list[tuple[str, int]]:
    """Return the rows by emotion, those of no clear emotion last if there are any."""
    none = summary.get("none", 0)
    counts = summary.get("clear") or summary.get("counts", {})
    found = [(emotion.name, counts.get(emotion.name, 0)) for emotion in EMOTIONS]
    return [*found, (NO_EMOTION.title, none)] if none else found


def _further(summary: dict[str, Any]) -> list[tuple[str, int]]:
    return [
        ("Rows in all", summary.get("rows", 0)),
        ("Rows without an answer", summary.get("failed", 0)),
        ("Rows of which the model is not sure", summary.get("unsure", 0) - summary.get("none", 0)),
    ]
