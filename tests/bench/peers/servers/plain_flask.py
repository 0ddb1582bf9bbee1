"""Flask with the model in its process: no queue, no batching."""

from typing import Any

from flask import Flask, request
from model import Model

app = Flask(__name__)
model = Model()


@app.post("/predict")
def predict() -> dict[str, Any]:
    """Answer in the thread of the request."""
    return {"results": model(request.get_json()["texts"])}
