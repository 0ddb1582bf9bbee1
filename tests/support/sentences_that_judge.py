"""Sentences that judge models, which no text for training may repeat."""

from importlib.resources import files

from emojify_core.tokenizer import tokenize


def kept_for_judging() -> set[str]:
    """Return the starter set's and the anchors' sentences, normalised."""
    package = files("emojify_core.ml")
    return {
        normalised(line.rpartition("\t")[2])
        for name in ("starter.tsv", "anchors.tsv")
        for line in package.joinpath(name).read_text(encoding="utf-8").splitlines()
        if not line.startswith("#") and not line.endswith("\ttext")
    }


def normalised(text: str) -> str:
    """Return the text's tokens without the marks at its end."""
    return " ".join(tokenize(text)).rstrip(" .!?")
