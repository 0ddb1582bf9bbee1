"""Count the words of the rows that the shipped model was trained on: `word_counts.tsv`."""

from pathlib import Path

from emojify_core.ml.data.distillation import load_teacher_logits
from emojify_core.ml.data.goemotions import default_folder
from emojify_core.ml.data.goemotions_labels import labelled_examples
from emojify_core.ml.data.psychexp import NEXT_STEP, find_psychexp, load_psychexp
from emojify_core.ml.data.splits import make_splits
from emojify_core.ml.data.word_frequencies import count_words, format_word_counts
from emojify_core.ml.model.artifact import SHIPPED, VOCABULARY, load_manifest
from emojify_core.ml.text.reading.reader import Reader
from emojify_core.ml.text.vocabulary import Vocabulary
from emojify_core.settings import Settings

FILE = Path("emojify_core/ml/word_counts.tsv")


def main() -> None:
    settings = Settings.from_env()
    psychexp = find_psychexp(settings.psychexp, settings.home)
    assert psychexp, NEXT_STEP
    stories = load_psychexp(psychexp)
    train = make_splits(stories.texts, stories.labels).train
    folder = default_folder(settings.home)
    comments = labelled_examples(folder, load_teacher_logits()).texts
    vocabulary = Vocabulary.load(SHIPPED / VOCABULARY)
    reader = Reader(vocabulary, load_manifest(SHIPPED).reading)
    texts = [*(stories.texts[row] for row in train), *comments]
    counts = count_words(map(reader.tokens, texts), vocabulary)
    FILE.write_text(format_word_counts(counts), encoding="utf-8", newline="\n")
    print(f"{FILE}: {len(counts):,} words of {len(texts):,} texts")


main()
