"""Which characters speak for a label when the model reads symbols, markup and chat words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emojify_core.labels import LABELS
from emojify_core.ml.inference.occlusion import MAX_PARTS, MAX_WORDS_READ, influences
from emojify_core.ml.inference.predictor import Predictor
from support.gated_model import NOT_EMOTIONAL, save_gated_model
from support.hypothesis_profiles import examples

MARKED = {
    "We went there 😭 and back": ("sadness", "😭"),
    "We went there😭and back": ("sadness", "there😭and"),
    "We went there :( and back": ("sadness", ":("),
    "We went there :D, and back": ("joy", ":D,"),
    "Today was #SoHappy!": ("joy", "#SoHappy!"),
    "We are <b>happy</b> now": ("joy", "happy"),
    'It <a href="/x" class="sad y">made me happy</a>.': ("joy", "happy"),
    "A [happy day](https://sad.example/cry) it was": ("joy", "happy"),
    "sooo happy": ("joy", "happy"),
    "haaappy now": ("joy", "haaappy"),
    "This is gr8, said Tom": ("joy", "gr8"),
    "I&#39;m happy&amp;glad": ("joy", "happy&amp;glad"),
    "I%20was%20happy": ("joy", "I%20was%20happy"),
}
MAIL = "I was happy.\n\nOn Monday, Tom wrote:\n> I am sad, I cried.\n> Were you happy too?\n"


@pytest.fixture(scope="module")
def predictor(tmp_path_factory: pytest.TempPathFactory) -> Predictor:
    """Return a model that reads in the latest way."""
    folder = tmp_path_factory.mktemp("as_read") / "model"
    save_gated_model(folder)
    return Predictor.load(folder)


def weights(predictor: Predictor, text: str, label: str) -> list[tuple[str, float]]:
    """Return the marked characters and their weights."""
    found = influences(predictor, text, LABELS.index(label))
    return [(text[start:end], weight) for start, end, weight in found]


@pytest.mark.parametrize(("text", "label", "typed"), [(t, *m) for t, m in MARKED.items()])
def test_the_characters_that_a_person_typed_are_marked(
    predictor: Predictor, text: str, label: str, typed: str
) -> None:
    """A symbol is marked whole; a tag around a word is not marked."""
    marked, weight = max(weights(predictor, text, label), key=lambda each: each[1])
    assert marked == typed
    assert weight > 0


@pytest.mark.parametrize("line_break", ["\n", "\r\n"])
def test_quoted_mail_has_no_influence(predictor: Predictor, line_break: str) -> None:
    """Only the writer's own words are marked, and weigh as they do alone."""
    mail = MAIL.replace("\n", line_break)
    alone = weights(predictor, "I was happy.", "joy")
    assert weights(predictor, mail, "joy") == alone
    answered_below = "> I am sad, I cried." + line_break + "I was happy."
    assert weights(predictor, answered_below, "joy") == alone


def test_what_is_dropped_inside_words_has_no_weight(predictor: Predictor) -> None:
    """Words of an escaped tag stay in the text that is explained; the model reads none of them."""
    found = weights(predictor, "&lt;a sad cry&gt; happy", "joy")
    assert [weight for _, weight in found[:-1]] == [0, 0, 0]
    assert found[-1][0] == "happy"
    assert found[-1][1] > 0


@pytest.mark.parametrize("text", ["<b></b>", " ", "[b]"])
def test_a_text_without_words_has_no_influences(predictor: Predictor, text: str) -> None:
    """There is nothing to mark."""
    assert influences(predictor, text, 0) == ()


def test_the_label_is_explained_where_no_emotion_is_heard(predictor: Predictor) -> None:
    """The weights are of the label's probability, whatever the gate says."""
    assert predictor.predict([NOT_EMOTIONAL]).none.all()
    strongest = max(weights(predictor, NOT_EMOTIONAL, "fear"), key=lambda each: each[1])
    assert strongest[0] == "afraid"


@pytest.mark.parametrize(
    "text",
    ["so happy :( " * 170, "<i>so</i> " * 400, "<a b> so " * 300, "> so sad\n" * 400 + "happy"],
)
def test_the_cost_is_bounded(
    predictor: Predictor, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The text is read a few times, however many parts it has, and the network's words are few."""
    encode, predict_ids, read, run = predictor.encode, predictor.predict_ids, [0], [0]

    def counted_encode(part: str) -> list[int]:
        read[0] += len(part)
        return encode(part)

    def counted_predict(ids: list[list[int]]) -> object:
        run[0] += sum(map(len, ids))
        return predict_ids(ids)

    monkeypatch.setattr(predictor, "encode", counted_encode)
    monkeypatch.setattr(predictor, "predict_ids", counted_predict)
    found = influences(predictor, text, 0, 0.5)
    assert 0 < len(found) <= MAX_PARTS
    assert read[0] <= 4 * len(text)
    assert run[0] <= MAX_WORDS_READ + len(encode(text))


@given(
    st.lists(
        st.sampled_from(
            [
                *MARKED,
                MAIL,
                "<a",
                "b>",
                "](https://x.y)",
                "[so",
                "#a",
                "╯︵ ┻━┻",
                "> ",
                "\r\n",
                "%2",
            ]
        )
        | st.text(st.characters(codec=None), max_size=10),
        max_size=8,
    ),
    st.integers(0, 6),
)
@settings(max_examples=examples(60))
def test_any_text_can_be_explained(predictor: Predictor, parts: list[str], label: int) -> None:
    """Spans lie within the text and do not overlap."""
    text, at = " ".join(parts), 0
    for start, end, weight in influences(predictor, text, label):
        assert at <= start < end <= len(text)
        assert -1 <= weight <= 1
        at = end
