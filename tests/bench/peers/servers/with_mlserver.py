"""MLServer with its adaptive batching; its protocol is the Open Inference Protocol."""

import json

from mlserver import MLModel
from mlserver.codecs import StringCodec
from mlserver.types import InferenceRequest, InferenceResponse
from model import Model


class Emoji(MLModel):
    """Answers what waits together in one run."""

    async def load(self) -> bool:
        """Load the model."""
        self.answer = Model()
        return True

    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        """Answer the texts; each answer is a JSON string, which the protocol has a type for."""
        answers = self.answer(StringCodec.decode_input(payload.inputs[0]))
        texts = [json.dumps(answer, ensure_ascii=False) for answer in answers]
        outputs = [StringCodec.encode_output("results", texts)]
        return InferenceResponse(model_name=self.name, outputs=outputs)
