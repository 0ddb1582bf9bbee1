"""The ideas of the study. A group trains together, so its networks have one shape."""

import dataclasses
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Idea:
    """One way to train; `name` is its row in the table."""

    name: str
    # the network's shape, equal within a group
    dims: int = 50
    units: int = 128
    layers: int = 1
    skip: bool = False
    bag: bool = False
    grams: bool = False
    norm: bool = False
    rate: float = 2e-3
    word_rate: float = 1.0  # of the word vectors, relative to `rate`; 0: frozen
    steps: int = 1800
    batch: tuple = (64, 0, 0)  # labelled, recombined, free texts
    decay: float = 0.995
    schedule: str = "constant"
    # these may differ within a group
    table: tuple = (50, 0, 0)  # dimensions of GloVe, of the encoder, of the teacher's opinions
    pool: tuple = (1.0, 1.0, 0.0)  # attention, maximum, mean
    word_dropout: float = 0.15
    vector_dropout: float = 0.5
    pooled_dropout: float = 0.5
    smoothing: float = 0.0
    mixup: bool = False
    pull: float = 0.0
    soft: float = 0.0  # weight of the soft targets on labelled rows
    temperature: float = 1.0
    # "oof" (out of fold), "seen" (teachers trained on the row), "mixed" (the mean of both) or
    # "self" (students of the same kind)
    targets: str = "oof"
    sharpen: float = 1.0
    kind: str = "both"  # of recombined texts: "parts", "crossings" or "both"
    who: str = "all"  # free texts: "all" or "first" person
    repaired: bool = False

    def shape(self):
        fields = [f.name for f in dataclasses.fields(self)]
        return tuple(getattr(self, f) for f in fields[1 : fields.index("table")])


base = Idea("baseline: labels alone, GloVe 50, 128 units")
# Distillation: 32 labelled rows and 96 augmented texts per step.
distilled = replace(base, steps=4000, batch=(32, 96, 0), schedule="cosine", decay=0.998, soft=0.5)
# 56 augmented texts and 40 of GoEmotions; word vectors of GloVe, encoder and teacher logits.
wide = replace(distilled, dims=112, table=(50, 55, 7), batch=(32, 56, 40))
low = replace(wide, vector_dropout=0.3, pooled_dropout=0.3, word_dropout=0.1, targets="mixed")
shipped = replace(low, vector_dropout=0.2)


def d(name, of, **changes):
    return replace(of, name=name, **changes)


short = replace(low, steps=2000)

GROUPS = [
    [d("shipped: dropouts .2, .3, .1", shipped), d("... label smoothing .1", shipped, smoothing=0.1)],
    [
        base,
        d("no word dropout", base, word_dropout=0.0),
        d("word dropout .30", base, word_dropout=0.3),
        d("no embedding dropout", base, vector_dropout=0.0),
        d("label smoothing .1", base, smoothing=0.1),
        d("mixup of the pooled vectors", base, mixup=True),
        d("vectors pulled to their start, 1e-5", base, pull=1e-5),
        d("vectors pulled to their start, 1e-4", base, pull=1e-4),
    ],
    [
        d("distilled, free texts instead of recombined", distilled, batch=(32, 0, 96)),
        d("... in the first person", distilled, batch=(32, 0, 96), who="first"),
    ],
    [
        d("attention pooling alone", base, pool=(1.0, 0.0, 0.0)),
        d("maximum pooling alone", base, pool=(0.0, 1.0, 0.0)),
        d("mean pooling alone", base, pool=(0.0, 0.0, 1.0)),
        d("attention, maximum and mean", base, pool=(1.0, 1.0, 1.0)),
        d("spelling repair of unknown words", base, repaired=True),
        d("teacher's answers, having seen the rows, half and half", base, soft=0.5, targets="seen"),
    ],
    [d("vectors frozen", base, word_rate=0.0)],
    [d("vectors tuned at a quarter of the rate", base, word_rate=0.25)],
    [d("64 units", base, units=64)],
    [d("256 units", base, units=256)],
    [d("two layers", base, layers=2)],
    [d("skip connection: vectors into the pooling", base, skip=True)],
    [d("bag-of-words side channel", base, bag=True)],
    [d("character n-grams added to known words' vectors", base, grams=True)],
    [d("layer normalisation of what is pooled", base, norm=True)],
    [d("rate falling to 0 (cosine)", base, schedule="cosine")],
    [
        d("distilled, recombined: temperature 2", distilled, temperature=2.0),
        d("distilled, recombined: parts of rows alone", distilled, kind="parts"),
        d("distilled, recombined: crossings alone", distilled, kind="crossings"),
    ],
    [d("three baselines distilled into one", distilled, soft=0.0, targets="self")],
    [d("distilled, recombined and free", distilled, batch=(32, 56, 40))],
    [d("shipped, 256 units", shipped, units=256)],
    [d("shipped, two layers", shipped, layers=2)],
    [d("shipped, skip connection", shipped, skip=True)],
    [d("shipped, bag-of-words side channel", shipped, bag=True)],
    [d("shipped, 8,000 steps", shipped, steps=8000)],
    [
        d("word table: encoder 50 alone", base, dims=112, table=(0, 50, 0)),
        d("word table: encoder 112 alone", base, dims=112, table=(0, 112, 0)),
        d("word table: GloVe 50 + encoder 62", base, dims=112, table=(50, 62, 0)),
        d("word table: GloVe 50 + opinion 7", base, dims=112, table=(50, 0, 7)),
        d("word table: GloVe 50 + encoder 55 + opinion 7", base, dims=112, table=(50, 55, 7)),
    ],
    [
        d("distilled, recombined: answers sharpened by 1.5", distilled, sharpen=1.5),
        d("distilled, recombined: labels alone on the rows", distilled, soft=0.0),
    ],
    [d("shipped, GloVe 50 + encoder 128 + opinion 7", shipped, dims=185, table=(50, 128, 7))],
    [d("shipped, twice the batch", shipped, batch=(64, 112, 80))],
    [d("shipped, 256 units and two layers", shipped, units=256, layers=2)],
    [d("shipped, two layers, bag of words, 5,000 steps", shipped, layers=2, bag=True, steps=5000)],
    # Measured in an earlier run.
    [
        d("embedding dropout .25", base, vector_dropout=0.25),
        d("teacher's out-of-fold answers, half and half", base, soft=0.5),
    ],
    [
        d("distilled, recombined: out-of-fold answers", distilled),
        d("distilled, recombined: answers of teachers that saw the rows", distilled, targets="seen"),
        d("distilled, recombined: mean of both answers", distilled, targets="mixed"),
    ],
    [
        d("wide: table GloVe 50 + encoder 62", wide, table=(50, 62, 0)),
        d("wide: table GloVe 50 + encoder 55 + opinion 7", wide),
        d("wide: mean of both answers", wide, targets="mixed"),
        d("wide: soft targets alone on the rows", wide, soft=1.0),
        d("wide: embedding dropout .3", wide, vector_dropout=0.3),
        d("wide: dropouts .3, .3, .1", low, targets="oof"),
    ],
    [d("wide: 256 units", wide, units=256)],
    [
        d("2,000 steps: dropouts .3, .3, .1", short),
        d("2,000 steps: out-of-fold answers", short, targets="oof"),
        d("2,000 steps: embedding dropout .15", short, vector_dropout=0.15),
    ],
    [d("2,000 steps: 256 units", short, units=256)],
]  # fmt: skip
