"""The worker's time for an explanation, by the length of the text; prints a table."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from timing import latency

from emojify_core.ml.inference.occlusion import influences
from emojify_core.ml.inference.predictor import Predictor
from emojify_core.ml.model.artifact import SHIPPED
from emojify_core.ml.text.reading.reader import LATEST, Reader

SENTENCE = "I was so happy when I passed the exam . "  # ten words
WORDS = (10, 20, 60, 120, 600, 1_200)


def main() -> None:
    """Measure on one thread, like a worker on one core, each way of reading."""
    predictor = Predictor.load(SHIPPED)
    print("reading | words | parts | answer, ms | explanation, ms | without the network, ms")
    for way in range(1, LATEST + 1):
        predictor.reader = Reader(predictor.vocabulary, way)
        for words in WORDS:
            text = SENTENCE * (words // 10)
            parts = influences(predictor, text, 0)
            rows = [predictor.encode(text)] * len(parts)
            answer = latency(lambda text=text: predictor.predict([text]), 30, warm=3)
            explained = latency(lambda text=text: influences(predictor, text, 0, 0.5), 30, warm=3)
            network = latency(lambda rows=rows: predictor.predict_ids(rows), 30, warm=3)
            print(
                f"{way:7} | {words:5} | {len(parts):5} | {answer.p50:10.2f} | "
                f"{explained.p50:15.2f} | {explained.p50 - network.p50:23.2f}"
            )


if __name__ == "__main__":
    main()
