"""Features for the study: character n-grams, corrected unknown words, first-person words."""

import sys
import zlib
from pathlib import Path

import numpy as np

from emojify_core.ml.data.psychexp import load_psychexp
from emojify_core.ml.text.vocabulary import Vocabulary
from emojify_core.tokenizer import tokenize

BUCKETS, MOST = 8000, 8
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def grams(word):
    text = f"<{word}>"
    found = [text[at : at + n] for n in (3, 4) for at in range(len(text) - n + 1)]
    return [1 + zlib.crc32(g.encode()) % BUCKETS for g in found][:MOST]


def near(word):
    cuts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    for a, b in cuts:
        if b:
            yield a + b[1:]
        if len(b) > 1:
            yield a + b[1] + b[0] + b[2:]
        for letter in LETTERS:
            yield a + letter + b
            if b:
                yield a + letter + b[1:]


def main(psychexp, vocabulary, out):
    words = Vocabulary.load(vocabulary)
    table = np.zeros((len(words), MOST), np.uint16)
    for number, word in enumerate(words.words, 2):
        own = grams(word)
        table[number, : len(own)] = own
    fixed, mended = [], 0
    for text in load_psychexp(psychexp).texts:
        tokens = tokenize(text)
        ids = words.ids(tokens)[:200] or [1]
        for at, (token, number) in enumerate(zip(tokens, ids, strict=False)):
            if number == 1 and len(token) > 3 and token.isascii() and token.isalpha():
                found = [n for n in words.ids(near(token)) if n > 1]
                if found:
                    ids[at] = min(found)  # the most frequent
                    mended += 1
        fixed += ids
    print(mended, "words repaired")
    first = [n for n in words.ids(["i", "my", "me", "'m", "mine", "myself"]) if n > 1]
    np.savez_compressed(out, grams=table, fixed=np.array(fixed, np.uint16), self_words=first)


main(*map(Path, sys.argv[1:]))
