"""The review queue as pages and plain forms."""

import re
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from emojify_core.correction_states import CorrectionState
from emojify_core.limits import MAX_DECISIONS, REVIEW_PAGE
from emojify_core.settings import Settings
from emojify_core.storage.corrections.review_records import ReviewFilter
from emojify_core.storage.factory import Storage
from support.api_checks import assert_problem
from support.learning import draft

QUEUE = "/corrections/review"
S = CorrectionState


@pytest.fixture
def reviewer(visitor: FlaskClient, storage: Storage, apart: Settings) -> Iterator[FlaskClient]:
    """Give the signed-in administrator's browser, with an empty queue."""
    waiting = [each.id for each in storage.reviews.page(ReviewFilter(), limit=999)]
    storage.corrections.move(waiting, S.REJECTED)
    visitor.post("/sign-in", data={"secret": apart.secret("admin_token", apart.admin_token)})
    yield visitor
    visitor.post("/sign-out")


def wait(storage: Storage, text: str, label: str = "joy", **more: str) -> str:
    """Add a correction that waits for review; return its id."""
    return storage.corrections.add(draft(text, label, **more), S.REVIEW)[0].id


def test_only_the_signed_in_administrator_sees_the_queue(
    visitor: FlaskClient, storage: Storage
) -> None:
    """Others are sent to the sign-in page; no navigation tells them how many wait."""
    one = wait(storage, "a secret text")
    for path in (QUEUE, f"{QUEUE}/decided", f"{QUEUE}?client=anna"):
        response = visitor.get(path)
        assert response.status_code == 303
        assert response.headers["Location"].startswith("/sign-in?next=/corrections/review")
    assert visitor.post(QUEUE, data={"decision": "accept", "id": one}).status_code == 303
    assert storage.corrections.get(one).state == S.REVIEW
    assert QUEUE not in visitor.get("/sign-in").text


def test_the_navigation_counts_what_waits(reviewer: FlaskClient, storage: Storage) -> None:
    """The administrator sees it on every page, error pages included."""
    assert ">Review</a>" in reviewer.get("/sign-in").text
    wait(storage, "a")
    html = {"Accept": "text/html"}
    for path in ("/", "/sign-in", "/nowhere", "/api"):
        assert ">Review (1)</a>" in reviewer.get(path, headers=html).text, path


def test_texts_are_shown_as_they_are(reviewer: FlaskClient, storage: Storage) -> None:
    """A text cannot bring markup along, and a long one is cut."""
    wait(storage, "<b>bold</b>", client='"><script>alert(1)</script>')
    wait(storage, "word " * 900)
    page = reviewer.get(QUEUE).text
    assert "&lt;b&gt;bold&lt;/b&gt;" in page
    assert "<script>alert" not in page
    assert page.count("word ") < 200
    assert "<option" not in page


def test_forms_decide_and_tell_what_they_did(reviewer: FlaskClient, storage: Storage) -> None:
    """Another administrator may have been faster; the message says so."""
    good, bad = wait(storage, "a", "fear"), wait(storage, "b")
    storage.corrections.move([bad], S.REJECTED)
    made = reviewer.post(QUEUE, data={"decision": "accept", "id": [good, bad]})
    assert made.status_code == 303
    page = reviewer.get(made.headers["Location"]).text
    assert "1 correction accepted." in page
    assert "1 was already decided" in page
    assert "Nothing to review." in page
    decided = reviewer.get(f"{QUEUE}/decided").text
    assert re.search(r">a</a></th>.*<strong>Queued</strong>", decided, re.DOTALL)


def test_a_page_keeps_its_place_and_its_filter(reviewer: FlaskClient, storage: Storage) -> None:
    """Whoever decides on the second page stays there."""
    for number in range(REVIEW_PAGE + 2):
        wait(storage, f"t{number}", client="carl")
    wait(storage, "other", client="anna")
    first = reviewer.get(f"{QUEUE}?client=carl").text
    assert "27 corrections of carl wait." in first
    (after,) = re.findall(r'href="[^"]*after=(\d+)[^"]*" rel="next"', first)
    second = reviewer.get(f"{QUEUE}?client=carl&after={after}").text
    ids = re.findall(r'name="id" value="(\w+)"', second)
    assert len(ids) == 2
    form = {"decision": "reject", "id": ids[0], "client": "carl", "after": after}
    where = reviewer.post(QUEUE, data=form).headers["Location"]
    assert re.findall(r'name="id" value="(\w+)"', reviewer.get(where).text) == ids[1:]
    assert reviewer.get(f"{QUEUE}?select=page").text.count(" checked>") == REVIEW_PAGE


def test_all_of_a_sender_need_a_tick(reviewer: FlaskClient, storage: Storage) -> None:
    """One form decides a whole campaign, but not by a slip."""
    for number in range(3):
        wait(storage, f"t{number}", network="n" * 32, client=f"c{number}")
    other = wait(storage, "other")
    form = {"decision": "reject", "scope": "all", "network": "n" * 32}
    refused = reviewer.post(QUEUE, data=form)
    assert (refused.status_code, refused.mimetype) == (422, "text/html")
    without = reviewer.post(QUEUE, data={"decision": "reject", "scope": "all", "sure": "yes"})
    assert without.status_code == 422
    assert storage.reviews.count(ReviewFilter()) == 4
    made = reviewer.post(QUEUE, data=form | {"sure": "yes"})
    assert "3 corrections rejected." in reviewer.get(made.headers["Location"]).text
    assert storage.corrections.get(other).state == S.REVIEW


def test_bad_forms_and_foreign_forms_are_refused(reviewer: FlaskClient, storage: Storage) -> None:
    """Nothing is decided by them."""
    one = wait(storage, "a")
    foreign = {"Sec-Fetch-Site": "cross-site"}
    assert_problem(
        reviewer.post(QUEUE, data={"decision": "accept", "id": one}, headers=foreign), 403
    )
    assert_problem(reviewer.post(QUEUE, data={"decision": "undo", "id": one}), 422, "decision")
    assert_problem(reviewer.post(QUEUE, data={"id": one}), 422, "decision")
    many = {"decision": "accept", "id": [one] * (MAX_DECISIONS + 1)}
    assert_problem(reviewer.post(QUEUE, data=many), 422, "id")
    assert reviewer.post(QUEUE, data={"decision": "accept"}).status_code == 422
    for query in ("after=x", "after=-1", "done=undo", "count=9999999", "label=envy", "select=1"):
        assert_problem(reviewer.get(f"{QUEUE}?{query}"), 422, query.partition("=")[0])
    assert reviewer.get(f"{QUEUE}?client=a%00b").status_code == 200
    assert storage.corrections.get(one).state == S.REVIEW


def test_an_erased_text_stays_erased_in_the_list_of_decisions(
    reviewer: FlaskClient, storage: Storage
) -> None:
    """The list shows that it was undone."""
    one = wait(storage, "a slip of the tongue")
    storage.corrections.erase_text(one, by="administrator", why="")
    page = reviewer.get(f"{QUEUE}/decided").text
    assert "(erased)" in page
    assert "slip" not in page
