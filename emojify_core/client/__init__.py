"""A Python client of an Emojify server.

    from emojify_core.client import Emojify

    with Emojify("http://127.0.0.1:5000") as emojify:
        answer = emojify.predict("I passed the exam!")
        print(answer.emoji, answer.label, answer.confidence)

        batch = emojify.submit("survey.csv", column="answer")
        batch = emojify.wait(batch.id, lambda now: print(now.done, "of", now.rows))
        emojify.download(batch.id, "survey.emojified.csv")

        correction = emojify.correct("They all saw me fall.", "shame")
        print(emojify.await_correction(correction.id).state)

Every method raises ServerUnavailableError when the server does not answer, and ServerRefusedError
with the server's own sentence when it refuses.
"""

from emojify_core.client.emojify import Emojify
from emojify_core.client.records import Answer, Batch, Correction, Models, ModelVersion

__all__ = ["Answer", "Batch", "Correction", "Emojify", "ModelVersion", "Models"]
