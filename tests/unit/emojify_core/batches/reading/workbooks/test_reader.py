"""A sheet of a workbook is read as a table; nothing of it is run, and its memory is bounded."""

import io
from contextlib import suppress
from functools import partial
from pathlib import Path
from zipfile import ZIP_BZIP2, ZIP_LZMA, ZipFile

import pytest

from emojify_core.batches.reading.ingest import look
from emojify_core.batches.reading.layout import LayoutOptions
from emojify_core.batches.reading.report import UnsureReadingError
from emojify_core.batches.reading.workbooks import containers, reader
from emojify_core.errors import (
    BatchFileError,
    BatchTooLargeError,
    InsufficientStorageError,
    OverloadedError,
)
from support.batch_files import ingested, rows_of, texts_of
from support.workbooks import ods, worksheet, xlsx, zipped

TEXTS = ["I passed my driving test!", "Our old dog died,\nsadly", "They lied to me"]
FULL = Path("/dev/full")  # writing to it fails
ROWS = [["id", "text", "score"], *([n, text, n / 4] for n, text in enumerate(TEXTS, 1))]


@pytest.mark.parametrize("content", [xlsx({"one": ROWS}), ods(ROWS)], ids=["xlsx", "ods"])
@pytest.mark.parametrize("block", [100, 65_536])
def test_a_workbook_is_read_as_a_table(content: bytes, block: int) -> None:
    """Its name does not matter."""
    assert texts_of(content, "a.csv", block=block) == TEXTS
    assert rows_of(content)[0].values == {"id": "1", "text": TEXTS[0], "score": "0.25"}


def test_a_title_above_the_header_is_no_row() -> None:
    """People write one."""
    assert texts_of(xlsx({"one": [["Feedback 2026"], [], *ROWS]}), "a.xlsx") == TEXTS


def test_several_sheets_are_asked_about() -> None:
    """A name or a number chooses one; empty sheets do not count."""
    content = xlsx({"notes": [["text"], ["made by us"]], "answers": ROWS, "empty": []})
    with pytest.raises(UnsureReadingError, match="several sheets") as refused:
        ingested(content, "a.xlsx", guess=False)
    assert refused.value.field == "sheet"
    assert refused.value.reading.sheets == ("notes", "answers", "empty")
    assert texts_of(content, "a.xlsx", sheet="2") == TEXTS
    assert texts_of(content, "a.xlsx", sheet="notes", guess=False) == ["made by us"]
    with pytest.raises(BatchFileError, match="no sheet 'others'") as unknown:
        ingested(content, "a.xlsx", sheet="others")
    assert unknown.value.field == "sheet"
    assert texts_of(xlsx({"answers": ROWS, "empty": []}), "a.xlsx", guess=False) == TEXTS


def test_a_zip_with_one_table_is_unpacked() -> None:
    """Programs add files of their own."""
    table = "id,text\n1,We won at last\n"
    parts = {"export/answers.csv": table, "__MACOSX/export/._answers.csv": "x", "readme.md": "x"}
    assert texts_of(zipped(parts), "a.zip") == ["We won at last"]
    with pytest.raises(BatchFileError, match="2 tables"):
        ingested(zipped(parts | {"more.csv": table}), "a.zip")
    with pytest.raises(BatchFileError, match="no table"):
        ingested(zipped({"readme.md": "x"}), "a.zip")
    with pytest.raises(BatchFileError, match="Word"):
        ingested(zipped({"word/document.xml": "<a/>"}), "a.docx")


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/media/picture.xml"])
def test_a_zip_bomb_is_refused(part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is unpacked no further than allowed, whatever a part says of its size."""
    monkeypatch.setattr(containers, "MAX_UNPACKED", 1 << 20)
    bomb = b"<a>" + b" " * (1 << 20)
    with pytest.raises(BatchTooLargeError, match="unpacks to more"):
        ingested(zipped({"xl/workbook.xml": "<a/>", part: bomb}), "a.xlsx")
    with pytest.raises(BatchTooLargeError, match="larger than"):
        ingested(zipped({"a.csv": b"text\n" + b"We won at last\n" * 99_999}), "a.zip")


def test_two_far_cells_do_not_take_all_memory() -> None:
    """They span seventeen billion cells."""
    sheet = worksheet([["text"]]).replace(
        "</sheetData>", '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    )
    names = xlsx({"one": ROWS})
    parts = _parts(names) | {"xl/worksheets/sheet1.xml": sheet}
    with pytest.raises(BatchFileError, match=r"cannot be read|columns"):
        ingested(zipped(parts), "a.xlsx")


def test_entities_and_damage_are_refused() -> None:
    """No entity is expanded, and nothing is fetched."""
    parts = _parts(xlsx({"one": ROWS}))
    entity = '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>'
    sheet = parts["xl/worksheets/sheet1.xml"].decode().replace("They lied to me", "&b;")
    damaged = zipped(parts | {"xl/worksheets/sheet1.xml": entity + sheet})
    with suppress(BatchFileError):
        assert b"root:" not in ingested(damaged, "a.xlsx", column="text")[1]
    for content in (xlsx({"one": ROWS})[:-50], b"\xd0\xcf\x11\xe0" + b"x" * 5_000):
        with pytest.raises(BatchFileError, match="CSV"):
            ingested(content, "a.xls")


def _parts(workbook: bytes) -> dict[str, bytes]:
    with ZipFile(io.BytesIO(workbook)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_full_disk_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both where the workbook is put, and where the process writes its sheet."""
    content = xlsx({"one": ROWS})
    for module in (containers, reader):
        with monkeypatch.context() as patch:
            patch.setattr(module, "TemporaryFile", partial(FULL.open, "r+b", buffering=0))
            with pytest.raises(InsufficientStorageError, match="disk is nearly full"):
                look(iter([content]), LayoutOptions(name="a.xlsx"))


@pytest.mark.parametrize("method", [ZIP_BZIP2, ZIP_LZMA])
def test_methods_that_unpack_in_one_go_are_refused(method: int) -> None:
    """A few hundred kilobytes of them would become gigabytes before anybody counts."""
    file = io.BytesIO()
    with ZipFile(file, "w", method) as archive:
        archive.writestr("a.csv", "text\n" + "\0" * 100_000)
    with pytest.raises(BatchFileError, match="unusual"):
        ingested(file.getvalue(), "a.zip")


def test_a_long_list_of_parts_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python would make an object of each entry."""
    file = io.BytesIO()
    with ZipFile(file, "w") as archive:
        for number in range(20):
            archive.writestr(f"{number}{'n' * 60_000}.csv", "x")
    monkeypatch.setattr(containers, "ZipFile", None)
    with pytest.raises(BatchFileError, match="thousands"):
        ingested(file.getvalue(), "a.zip")


def test_a_zip_in_a_zip_is_refused() -> None:
    """A few kilobytes could hold hundreds of them."""
    inner = zipped({"a.csv": "text\nWe won\n"})
    file = io.BytesIO()
    with ZipFile(file, "w") as archive:
        archive.writestr("a.csv", inner)
    with pytest.raises(BatchFileError, match="another zip"):
        ingested(file.getvalue(), "a.zip")


def test_a_sheet_s_name_has_a_limit() -> None:
    """It stands in answers and in what is kept of the batch."""
    with pytest.raises(BatchFileError, match="cannot be read"):
        ingested(xlsx({"n" * 5_000: ROWS}), "a.xlsx")


def test_a_workbook_does_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """It holds a place that other uploads need."""
    monkeypatch.setattr(reader, "WORKBOOK_WAIT", 0.01)
    with reader._turn(), pytest.raises(OverloadedError):  # noqa: SLF001
        ingested(xlsx({"one": ROWS}), "a.xlsx")
    assert texts_of(xlsx({"one": ROWS}), "a.xlsx") == TEXTS
