"""A client sees how its file is read before a row is answered."""

import io

import pytest
from flask.testing import FlaskClient

from support.api_checks import assert_problem, parse_as
from support.batch_api import API, submit, until_over
from support.workbooks import xlsx
from web.batches.upload_schemas import ReadingAnswer

QUESTIONS = (
    b"id,What did you like?,What did you not like?\n1,The food made me so happy,They lied to me\n"
    b"2,My old friends were there,I was afraid of the dark path\n"
)
TABLE = "id;text\n1;I was so happy that day\n2;NA\n3;Our old dog died and I cried\n".encode(
    "cp1252"
)


@pytest.mark.usefixtures("nothing_left")
def test_a_preview_tells_the_reading_and_stores_nothing(sender: FlaskClient) -> None:
    """Everything in it can be set by the option of its name."""
    response = sender.post(f"{API}?preview=true&name=a.csv", data=TABLE)
    reading = parse_as(response, ReadingAnswer)
    assert (reading.format, reading.delimiter, reading.column) == ("csv", ";", "text")
    assert reading.sure
    assert reading.candidates[0].samples[0] == "I was so happy that day"
    form = {"preview": "true", "file": (io.BytesIO(QUESTIONS), "b.csv")}
    asked = parse_as(sender.post(API, data=form), ReadingAnswer)
    assert [doubt.option for doubt in asked.doubts] == ["column"]
    assert len(asked.candidates) == 2
    workbook = xlsx({"one": [["id", "text"], [1, "I was so happy"]]})
    found = parse_as(sender.post(f"{API}?preview=true&name=a.xlsx", data=workbook), ReadingAnswer)
    assert (found.format, found.sheet, found.column) == ("xlsx", "one", "text")


@pytest.mark.usefixtures("nothing_left")
def test_an_unsure_reading_is_answered_422_with_the_candidates(sender: FlaskClient) -> None:
    """Nothing is stored until the client decides."""
    response = sender.post(f"{API}?name=a.csv", data=QUESTIONS)
    assert_problem(response, 422, "column")
    reading = response.get_json()["reading"]
    assert {each["number"] for each in reading["candidates"]} == {2, 3}
    twice = sender.post(f"{API}?name=a.csv&column=2&column=3", data=QUESTIONS)
    assert_problem(twice, 422, "column")


@pytest.mark.parametrize("option", ["column=2", "guess=true"])
def test_an_option_or_the_guess_settles_it(sender: FlaskClient, option: str) -> None:
    """The batch is taken."""
    response = sender.post(f"{API}?name=a.csv&{option}", data=QUESTIONS)
    assert response.status_code == 202


def test_the_result_tells_how_the_file_was_read(sender: FlaskClient) -> None:
    """A cell without a text is counted apart, by the code of its error."""
    made = submit(sender, TABLE, name="a.csv")
    found = until_over(sender, made)
    summary = sender.get(found["links"]["summary"]).get_json()
    assert summary["errors"] == {"not_a_text": 1}
    assert summary["reading"]["delimiter"] == ";"
    assert summary["rows"] == 3
