"""Flower of the local run: it shows workers and tasks, but no text."""

import json

import pytest

from support.deadlines import eventually
from support.stack import Stack

TEXT = "We danced all night in Ouagadougou!"


@pytest.fixture(scope="module")
def tasks(stack: Stack) -> str:
    """Return Flower's table of tasks, which includes one of ours."""
    eventually(lambda: stack.http.get(f"{stack.flower_url}/workers").is_success, within=30)
    done = stack.predict(TEXT)
    assert done["state"] == "succeeded"

    def table() -> str:
        answer = stack.http.post(f"{stack.flower_url}/tasks/datatable", data=DATATABLE)
        assert answer.is_success, answer.text
        return answer.text if done["id"] in answer.text else ""

    return eventually(table, within=10, what="Flower has seen the task")


# Flower's page requests the hundred newest tasks.
DATATABLE = {
    "draw": "1",
    "start": "0",
    "length": "100",
    "search[value]": "",
    "order[0][column]": "0",
    "order[0][dir]": "desc",
    "columns[0][data]": "received",
}


def test_flower_lists_the_worker(stack: Stack) -> None:
    """The worker appears by name."""
    eventually(
        lambda: "predict@" in stack.http.get(f"{stack.flower_url}/workers").text,
        within=10,
        what="Flower lists the worker",
    )


def test_flower_lists_tasks_without_their_texts(tasks: str) -> None:
    """A task shows the number of its texts only."""
    assert "emojify.predict" in tasks
    assert "(1 texts)" in tasks
    assert "SUCCESS" in tasks
    assert "Ouagadougou" not in tasks
    assert "danced" not in tasks


def test_a_task_s_page_shows_no_text(stack: Stack, tasks: str) -> None:
    """Neither the arguments nor the result."""
    ours = json.loads(tasks)["data"][0]["uuid"]
    page = stack.http.get(f"{stack.flower_url}/task/{ours}")
    assert page.is_success
    assert "emojify.predict" in page.text
    assert "danced" not in page.text


def test_flower_s_own_api_is_closed(stack: Stack) -> None:
    """It could run and stop tasks."""
    for method, path in (("GET", "/api/tasks"), ("POST", "/api/task/async-apply/emojify.predict")):
        assert stack.http.request(method, f"{stack.flower_url}{path}").status_code == 401
