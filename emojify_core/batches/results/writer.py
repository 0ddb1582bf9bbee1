"""Write results in any format, one chunk of rows at a time."""

from emojify_core.batches.results.csv_writer import CsvWriter
from emojify_core.batches.results.jsonl_writer import JsonLinesWriter
from emojify_core.batches.results.table import ResultFormat, ResultTable, ResultWriter
from emojify_core.batches.results.workbook.writer import WorkbookWriter


def open_writer(result_format: ResultFormat, table: ResultTable) -> ResultWriter:
    """Return the writer of a format."""
    match result_format:
        case ResultFormat.JSONL:
            return JsonLinesWriter(table)
        case ResultFormat.XLSX:
            return WorkbookWriter(table)
        case _:
            return CsvWriter(table, result_format)
