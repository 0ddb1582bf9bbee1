"""Files as people have them are read right, refused by name, or told to be unsure."""

import pytest

from emojify_core.batches.reading.ingest import look
from emojify_core.batches.reading.layout import LayoutOptions
from emojify_core.batches.reading.report import Reading, UnsureReadingError
from emojify_core.errors import BatchFileError
from support.batch_files import ingested, texts_of

JOY = "I passed my driving test and danced around the kitchen."
ANGER = "They lied to me about the price and I am furious."
SAD = "Our old dog died and the house is so quiet now."
THREE = [JOY, ANGER, SAD]
CONSENT = "Yes, I have read the information above and I agree to take part in this study"


def reading_of(content: str | bytes, name: str = "a.csv", **options: object) -> Reading:
    """Return the reading of a file."""
    data = content.encode() if isinstance(content, str) else content
    return look([data], LayoutOptions(name=name, **options))  # type: ignore[arg-type]


QUALTRICS = f"""\
StartDate,Finished,Q1,Q2_TEXT
Start Date,Finished,Please read this and tell us whether you agree,What happened?
"{{""ImportId"":""startDate""}}","{{""ImportId"":""fin""}}","{{""ImportId"":""QID1""}}","{{""ImportId"":""Q2""}}"
2026-03-01 10:00:00,True,"{CONSENT}",{JOY}
2026-03-01 10:05:00,True,"{CONSENT}",{ANGER}
2026-03-01 10:09:00,True,"{CONSENT}",{SAD}
"""
STORE = "App,Star Rating,Review Text,Developer Reply Text,Review Link\n" + "".join(
    f'com.example.app,5,{text},"Hello, thank you very much for your time, we are always happy to '
    'hear from our users!",https://example.com/reviews?id=a&b=c\n'
    for text in ("I love it", "It crashed and I lost everything", "Sad to see it go")
)
RIGHT = {
    "Qualtrics": (QUALTRICS, "a.csv", "Q2_TEXT", THREE),
    "a title and a blank line": (
        (
            f"Feedback report\nPeriod: January 2026\n\nId,Rating,Review,Region\n1,5,{JOY},N\n"
            f"2,1,{ANGER},S\n3,2,{SAD},W\n"
        ),
        *("a.csv", "Review", THREE),
    ),
    "comments": (
        f"# made by a tool\n# v2\nid,text\n1,{JOY}\n2,{SAD}\n",
        "a.csv",
        "text",
        [JOY, SAD],
    ),
    "a question with a full stop": (
        (
            f"Timestamp,Please tell us what happened.\n2026/03/01 9:00:00 AM,{JOY}\n"
            f"2026/03/01 9:10:00 AM,{SAD}\n"
        ),
        *("a.csv", "Please tell us what happened.", [JOY, SAD]),
    ),
    "years": (
        f"customer,2024,2025,reaction\nA17,3,4,{JOY}\nB22,1,1,{ANGER}\n",
        *("a.csv", "reaction", [JOY, ANGER]),
    ),
    "row names of R": (
        f'"id","text"\n"1",11,"{JOY}"\n"2",12,"{ANGER}"\n"3",13,"{SAD}"\n',
        *("a.csv", "text", THREE),
    ),
    "replies": (
        STORE.encode("utf-16"),
        *(
            "a.csv",
            "Review Text",
            ["I love it", "It crashed and I lost everything", "Sad to see it go"],
        ),
    ),
    "links": (
        (
            "id,permalink,selftext\nt1,https://example.com/r/support/1/my_dog_died_and_i/,"
            "I miss her so much\nt2,https://example.com/r/support/2/i_got_the_job/,so happy today\n"
        ),
        *("a.csv", "selftext", ["I miss her so much", "so happy today"]),
    ),
    "yes and no": (
        "id,Response,Why?\n1,Yes,I passed my test and danced\n2,No,They lied to me about it\n",
        *("a.csv", "Why?", ["I passed my test and danced", "They lied to me about it"]),
    ),
    "an optional comment": (
        f"id,What happened?,Comment\n1,{JOY},\n2,{ANGER},\n3,{SAD},no thanks\n",
        *("a.csv", "What happened?", THREE),
    ),
    "literal quotes": (
        f'id\ttext\n1\t{JOY}\n2\t"Never again, I said\n3\t{SAD}\n4\t"Best day ever\n5\t{ANGER}\n',
        *("a.tsv", "text", [JOY, '"Never again, I said', SAD, '"Best day ever', ANGER]),
    ),
    "backslashes": (
        '"id","text"\n"1","He said \\"get out\\", and I ran"\n"2","He called me \\"a liar\\""\n',
        *("a.csv", "text", ['He said "get out", and I ran', 'He called me "a liar"']),
    ),
    "single quotes": (
        "'id','text'\n'1','We won, at last'\n'2','We lost, again'\n",
        *("a.csv", "text", ["We won, at last", "We lost, again"]),
    ),
    "quotes in a sentence": (
        f'id,text\n 7,He said, "get out", and I left\n 8,{SAD}\n',
        *("a.csv", "text", ['He said, "get out", and I left', SAD]),
    ),
    "Excel's Unicode text": (
        f"id\tanswer\tage\r\n1\t{JOY}\t33\r\n2\t{SAD}\t41\r\n".encode("utf-16"),
        *("a.txt", "answer", [JOY, SAD]),
    ),
    "carets": (f"id^text^lang\n1^{JOY}^en\n2^{SAD}^en\n", "a.csv", "text", [JOY, SAD]),
    "U+0001": (f"1\x01{JOY}\x01en\n2\x01{SAD}\x01en\n", "a.csv", "column_2", [JOY, SAD]),
    "old Mac with newlines in cells": (
        'id,comment,age\r1,"So happy today,\nI danced",33\r2,"I miss my dog",44\r',
        *("a.csv", "comment", ["So happy today,\nI danced", "I miss my dog"]),
    ),
    "blank answers": (
        f"answer\n{JOY}\n\n{SAD}\n\n\n{ANGER}\n",
        *("a.csv", "answer", [JOY, "<blank>", SAD, "<blank>", "<blank>", ANGER]),
    ),
    "DOS": (
        "id,text\n1,Ich war so glücklich über das Fest\n2,Das schöne Haus ist weg\n".encode(
            "cp850"
        ),
        *("a.csv", "text", ["Ich war so glücklich über das Fest", "Das schöne Haus ist weg"]),
    ),
    "NaN": (
        f'{{"id": 0, "text": "{JOY}", "n": NaN}}\n{{"id": 1, "text": "{SAD}", "n": 1.5}}\n',
        *("a.jsonl", "text", [JOY, SAD]),
    ),
    "inner names": (
        f'{{"id": 0, "data": {{"body": "{JOY}"}}}}\n{{"id": 1, "data": {{"body": "{SAD}"}}}}\n',
        *("a.jsonl", "data.body", [JOY, SAD]),
    ),
    "WhatsApp on an iPhone": (
        (
            "[12/03/2026, 10:15:02] Joy: I miss my dog so much,\nthe house is quiet\n"
            "[12/03/2026, 10:16:40] Grace: they lied to me again\n"
            "\u200e[12/03/2026, 10:17:00] Joy: \u200eimage omitted\n"
        ),
        *("chat.txt", "message"),
        ["I miss my dog so much,\nthe house is quiet", "they lied to me again", "<not_a_text>"],
    ),
    "WhatsApp on Android": (
        (
            "12.03.26, 10:15 - Messages are encrypted.\n12.03.26, 10:15 - Joy: so happy: yes\n"
            "12.03.26, 10:16 - Grace: they lied to me\n"
        ),
        *("chat.txt", "message", ["so happy: yes", "they lied to me"]),
    ),
}


@pytest.mark.parametrize("kind", RIGHT)
def test_a_file_as_people_have_it_is_read_right(kind: str) -> None:
    """Its texts are found, its other lines are no rows, and no question is asked."""
    content, name, column, texts = RIGHT[kind]
    assert texts_of(content, name) == texts
    assert texts_of(content, name, block=50) == texts
    reading = reading_of(content, name)
    assert reading.column == column
    assert reading.sure, reading.doubts


UNSURE = {
    "a list of texts": ("so happy today\nthey lied to me\nI miss my dog\n", "header"),
    "two questions": (
        f"id,What did you like?,What did you not like?\n1,{JOY},{ANGER}\n2,{SAD},{ANGER[:20]}\n",
        "column",
    ),
}


@pytest.mark.parametrize("kind", UNSURE)
def test_an_unsure_reading_is_refused_with_the_candidates(kind: str) -> None:
    """The sentence names the option, and the guess is taken only when it is asked for."""
    content, option = UNSURE[kind]
    with pytest.raises(UnsureReadingError) as refused:
        ingested(content, "a.csv", guess=False)
    assert refused.value.field == option
    assert str(refused.value).endswith(".")
    candidates = refused.value.reading.candidates
    assert candidates
    assert all(each.samples and each.reason for each in candidates)
    assert ingested(content, "a.csv")[0].column == refused.value.reading.column


ODD_LINES = {
    "two colons": ("1::I loved it so much::5\n2::I hated it so much::1\n3::so sad::2\n", "a.dat"),
    "wide gaps": (
        "id   text               n\n1    so happy today     5\n2    so sad     3\n",
        "a.txt",
    ),
    "names": ("Joy: I miss my dog\nGrace: they lied\nJoy: so sad\n", "a.txt"),
    "a log": ("10:00:00 INFO start of it\n10:00:01 ERROR failed to open\n", "a.log"),
    "a table": ("id,text\n1,so happy today\n2,they lied to me\n", "a.txt"),
}


@pytest.mark.parametrize("kind", ODD_LINES)
def test_lines_that_may_be_no_texts_are_asked_about(kind: str) -> None:
    """Answering them with their numbers and names would be wrong, and nobody would see it."""
    content, name = ODD_LINES[kind]
    with pytest.raises(UnsureReadingError) as refused:
        ingested(content, name, guess=False)
    assert refused.value.field == "format"
    assert reading_of(content, name, format="text").sure


def test_lines_of_texts_need_no_question() -> None:
    """Commas belong to sentences."""
    content = f"{JOY}\nI cried, then I slept.  Then I woke.\n{SAD}\nNote: so sad\n"
    for name in ("a.txt", "a.txt.gz", ""):
        assert reading_of(content, name).sure


NO_TABLES = {
    "columns": ('{"text": {"0": "so happy", "1": "so sad"}}\n', "a.json", "orient"),
    "an e-mail": ("From: a@b.org\nTo: c@d.org\nSubject: hi\n\nso sad\n", "a.eml", "e-mail"),
    "HTML": (
        "<html><body><table>\n<tr><td>We won</td></tr></table></body></html>\n",
        "a.xls",
        "HTML",
    ),
    "SQL": (
        "-- made today\nINSERT INTO `a` VALUES\n(1,'so happy'),\n(2,'so sad');\n",
        "a.sql",
        "SQL",
    ),
    "XML": ("<?xml version='1.0'?>\n<feed><a>We won</a></feed>\n", "a.xml", "XML"),
    "RTF": ("{\\rtf1 We won}\n", "a.txt", "RTF"),
    "two encodings": (
        b"id,text\n1,don\xe2\x80\x99t\n2,wasn\x92t\n3,sch\xc3\xb6n\n",
        "a.csv",
        "line 3",
    ),
}


@pytest.mark.parametrize("kind", NO_TABLES)
def test_what_is_no_table_is_refused_by_its_name(kind: str) -> None:
    """Its lines are not answered as texts."""
    content, name, word = NO_TABLES[kind]
    with pytest.raises(BatchFileError, match=word):
        ingested(content, name)
