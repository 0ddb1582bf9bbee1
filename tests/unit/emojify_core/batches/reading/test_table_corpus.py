"""Of hundreds of generated tables none is read wrong silently, and few need a question."""

import re

from emojify_core.batches.reading.report import UnsureReadingError
from emojify_core.errors import BatchFileError
from support.batch_files import rows_of
from support.table_corpus import SIZE, tables

ASKED = 0.1  # of the tables, at most
LINE_END = re.compile(r"\r\n?")


def test_no_table_is_read_wrong_silently() -> None:
    """The test prints how many needed a question."""
    asked, wrong = [], []
    for table in tables():
        try:
            rows = rows_of(table.content, table.name, guess=False)
        except UnsureReadingError as unsure:
            asked.append(f"{table.what}: {unsure}")
            continue
        except BatchFileError as refused:
            asked.append(f"{table.what}: {refused}")
            continue
        texts = [LINE_END.sub("\n", row.text) for row in rows]
        if texts != table.texts:
            wrong.append(f"{table.what}: {texts[:3]} of {len(texts)}, not of {len(table.texts)}")
    print(f"asked about {len(asked)} of {SIZE}", *asked[:5], sep="\n")
    assert not wrong, "\n".join(wrong)
    assert len(asked) <= ASKED * SIZE, "\n".join(asked)
