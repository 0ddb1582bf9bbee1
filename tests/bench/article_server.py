"""The article's way of serving: Keras `predict()` inside a plain Flask route."""

import os

import keras
import numpy as np
from flask import Flask, request

from emojify_core.ml.model.artifact import SHIPPED, load_manifest, load_weights
from emojify_core.ml.model.config import NetworkConfig, TrainingConfig
from emojify_core.ml.model.network import build_network, set_weights
from emojify_core.ml.text.vocabulary import Vocabulary
from emojify_core.tokenizer import tokenize

app = Flask(__name__)


def load() -> tuple[keras.Model, Vocabulary]:
    """Load the shipped weights into the Keras network."""
    manifest = load_manifest(SHIPPED)
    network = build_network(NetworkConfig(**manifest.network), TrainingConfig())
    set_weights(network, load_weights(SHIPPED))
    return network, Vocabulary.load(SHIPPED / "vocabulary.txt")


NETWORK, VOCABULARY = load()


@app.post("/predict")
def predict() -> dict[str, int]:
    """Predict within the request."""
    ids = VOCABULARY.ids(tokenize(request.get_json()["text"]))
    return {"prediction": int(NETWORK.predict(np.array([ids]), verbose=0).argmax())}


if __name__ == "__main__":
    app.run(port=int(os.environ["EMOJIFY_PORT"]))
