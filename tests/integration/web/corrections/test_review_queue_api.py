"""The administrator lists what waits for review, and decides many at once."""

import pytest
from flask.testing import FlaskClient

from emojify_core.correction_states import CorrectionState
from emojify_core.limits import MAX_DECISIONS, REVIEW_PAGE
from emojify_core.settings import Settings
from emojify_core.storage.corrections.review_records import ReviewFilter
from emojify_core.storage.factory import Storage
from support.api_checks import assert_problem, parse_as
from support.installation import JOYFUL
from support.learning import draft
from web.app import create_app
from web.corrections.review_schemas import DecisionOutcomes, ReviewPage, VoiceCount

API = "/api/v1/corrections/review"
S = CorrectionState

Headers = dict[str, str]


@pytest.fixture
def reviewer(visitor: FlaskClient, storage: Storage) -> FlaskClient:
    """Return a client, with an empty queue."""
    waiting = [each.id for each in storage.reviews.page(ReviewFilter(), limit=500)]
    storage.corrections.move(waiting, S.REJECTED)
    return visitor


def wait(storage: Storage, text: str, label: str = "joy", **more: str) -> str:
    """Add a correction that waits for review; return its id."""
    return storage.corrections.add(draft(text, label, **more), S.REVIEW)[0].id


def decided(client: FlaskClient, headers: Headers, /, **body: object) -> DecisionOutcomes:
    """Send a decision; return its outcomes."""
    return parse_as(client.post(API, json=body, headers=headers), DecisionOutcomes)


def test_the_queue_is_for_the_administrator_alone(visitor: FlaskClient) -> None:
    """Neither the texts nor the decisions are anybody else's."""
    assert_problem(visitor.get(API), 401)
    assert_problem(visitor.post(API, json={"decision": "accept", "ids": ["a"]}), 401)
    wrong = {"Authorization": "Bearer wrong"}
    assert_problem(visitor.get(API, headers=wrong), 403)


def test_another_site_cannot_decide_with_the_administrator_s_cookie(
    reviewer: FlaskClient, storage: Storage, apart: Settings
) -> None:
    """The cookie alone does not suffice."""
    one = wait(storage, "a")
    reviewer.post("/sign-in", data={"secret": apart.secret("admin_token", apart.admin_token)})
    body = {"decision": "accept", "ids": [one]}
    foreign = {"Sec-Fetch-Site": "cross-site"}
    assert_problem(reviewer.post(API, json=body, headers=foreign), 403)
    assert storage.corrections.get(one).state == S.REVIEW
    assert reviewer.post(API, json=body).status_code == 200


def test_what_waits_is_listed_in_pages_with_its_senders(
    reviewer: FlaskClient, storage: Storage, administrator: Headers
) -> None:
    """A campaign shows as one sender; the links lead through all of it."""
    ids = [
        wait(storage, f"t{number}", client=f"cookie:{number}", network="n" * 32)
        for number in range(REVIEW_PAGE + 2)
    ]
    own = wait(storage, "alone", client="key:1")
    first = parse_as(reviewer.get(API, headers=administrator), ReviewPage)
    assert first.waiting == len(ids) + 1
    assert [(each.client, each.network, each.waiting) for each in first.senders] == [
        (None, "n" * 32, len(ids)),
        ("key:1", None, 1),
    ]
    assert first.corrections[0].client == "cookie:0"
    second = parse_as(reviewer.get(first.links["next"], headers=administrator), ReviewPage)
    assert "next" not in second.links
    listed = [each.id for each in first.corrections + second.corrections]
    assert listed == [*ids, own]
    one = parse_as(reviewer.get(f"{API}?client=key:1", headers=administrator), ReviewPage)
    assert ([each.id for each in one.corrections], one.waiting) == ([own], 1)
    none = reviewer.get(f"{API}?network=x&label=fear", headers=administrator)
    assert parse_as(none, ReviewPage).corrections == []
    assert_problem(reviewer.get(f"{API}?label=envy", headers=administrator), 422, "label")


def test_independent_voices_are_told(
    reviewer: FlaskClient, storage: Storage, administrator: Headers
) -> None:
    """Cookies of one address are one voice."""
    for number, (label, network) in enumerate(
        [("disgust", "n"), ("disgust", "n"), ("disgust", "m"), ("joy", "k")]
    ):
        wait(storage, "I love you", label, client=f"cookie:{number}", network=network * 32)
    page = parse_as(reviewer.get(API, headers=administrator), ReviewPage)
    assert [each.voices for each in page.corrections] == [
        *[VoiceCount(same=2, other=1)] * 3,
        VoiceCount(same=1, other=2),
    ]


def test_without_a_worker_the_queue_has_no_predictions(
    reviewer: FlaskClient, storage: Storage, administrator: Headers
) -> None:
    """The administrator can still decide."""
    wait(storage, "a")
    page = parse_as(reviewer.get(API, headers=administrator), ReviewPage)
    assert page.corrections[0].prediction is None


def test_with_a_worker_the_queue_tells_what_the_model_says_now(settings: Settings) -> None:
    """The prediction stands beside the correction."""
    app = create_app(settings)
    storage: Storage = app.extensions["emojify-storage"]
    one = wait(storage, JOYFUL, "disgust")
    wait(storage, "qwxz qwxz", "joy")
    token = settings.secret("admin_token", settings.admin_token)
    response = app.test_client().get(API, headers={"Authorization": f"Bearer {token}"})
    page = {each.id: each for each in parse_as(response, ReviewPage).corrections}
    storage.reviews.decide([*page], S.REJECTED, by="administrator", why="")
    storage.engine.dispose()
    prediction = page[one].prediction
    assert prediction
    assert (prediction.label, prediction.confident) == ("joy", True)


def test_many_are_decided_at_once(
    reviewer: FlaskClient, storage: Storage, administrator: Headers
) -> None:
    """Each id has its outcome; a repeated request changes nothing and is no error."""
    good, other, bad = (wait(storage, text) for text in ("one", "two", "three"))
    assert decided(reviewer, administrator, decision="reject", ids=[bad]).remaining == 2
    ids = [good, bad, "nobody"]
    first = decided(reviewer, administrator, decision="accept", ids=ids, why="both read")
    assert [(each.state, each.decided) for each in first.outcomes] == [
        (S.QUEUED, True),
        (S.REJECTED, False),
        (None, False),
    ]
    errors = [each.error for each in first.outcomes]
    assert errors[0] is None
    assert errors[1:] == [
        "A correction that is rejected does not wait for review.",
        "There is no correction with this id.",
    ]
    again = decided(reviewer, administrator, decision="accept", ids=ids)
    assert [each.error for each in again.outcomes] == errors
    assert not any(each.decided for each in again.outcomes)
    assert storage.corrections.get(good).decided_why == "both read"
    assert storage.corrections.get(other).state == S.REVIEW


def test_all_of_a_sender_are_decided_at_once(
    reviewer: FlaskClient, storage: Storage, administrator: Headers
) -> None:
    """A campaign needs a few requests, however many corrections it sent."""
    for number in range(MAX_DECISIONS + 3):
        wait(storage, f"t{number}", client=f"cookie:{number}", network="n" * 32)
    mine = wait(storage, "mine", client="key:1")
    body = {"decision": "reject", "network": "n" * 32}
    first = decided(reviewer, administrator, **body)
    assert (len(first.outcomes), first.remaining) == (MAX_DECISIONS, 3)
    assert decided(reviewer, administrator, **body).remaining == 0
    assert decided(reviewer, administrator, **body).outcomes == []
    assert storage.corrections.get(mine).state == S.REVIEW
    one = decided(reviewer, administrator, decision="accept", client="key:1")
    assert [each.id for each in one.outcomes] == [mine]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"decision": "accept"}, "decision"),
        ({"decision": "accept", "ids": []}, "ids"),
        ({"decision": "accept", "ids": ["a"] * (MAX_DECISIONS + 1)}, "ids"),
        ({"decision": "accept", "ids": ["a"], "client": "b"}, "decision"),
        ({"decision": "accept", "ids": ["a\0"]}, "ids.0"),
        ({"decision": "accept", "client": ""}, "client"),
        ({"decision": "undo", "ids": ["a"]}, "decision"),
        ({"ids": ["a"]}, "decision"),
    ],
)
def test_an_unclear_decision_is_refused(
    visitor: FlaskClient, administrator: Headers, body: dict[str, object], field: str
) -> None:
    """The answer names the field; nothing is decided."""
    assert_problem(visitor.post(API, json=body, headers=administrator), 422, field)
