"""LitServe with its batching."""

import sys
from typing import Any

import litserve
from model import Model

Texts = list[str]


class Emoji(litserve.LitAPI):
    """Answers what waits together in one run."""

    def setup(self, device: object) -> None:  # noqa: ARG002
        """Load the model."""
        self.model = Model()

    def decode_request(self, request: dict[str, Texts]) -> Texts:
        """Return the texts of a request."""
        return request["texts"]

    def batch(self, inputs: list[Texts]) -> list[Texts]:
        """Keep the requests apart; the model joins them."""
        return inputs

    def predict(self, inputs: list[Texts]) -> list[list[dict[str, Any]]]:
        """Answer all requests of a batch."""
        return self.model.each(inputs)

    def unbatch(self, output: list[list[dict[str, Any]]]) -> list[list[dict[str, Any]]]:
        """Return the answers to each request."""
        return output

    def encode_response(self, output: list[dict[str, Any]]) -> dict[str, Any]:
        """Return the JSON of an answer."""
        return {"results": output}


if __name__ == "__main__":
    api = Emoji(max_batch_size=64, batch_timeout=0.002)
    server = litserve.LitServer(api, accelerator="cpu", workers_per_device=1)
    server.run(host="127.0.0.1", port=int(sys.argv[1]), generate_client_file=False)
