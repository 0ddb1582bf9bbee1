// Submits a text and polls until its prediction is final.

import { RequestError, request } from "./api_client.js";
import { backOff } from "./backoff.js";

const WAIT_SECONDS = 5; // how long the server may hold one request

/** Resolves with the prediction of a text. `onQueued` is called once if it takes longer. */
export async function predict(api, text, { signal, onQueued }) {
  let prediction = await request(api, {
    method: "POST",
    headers: { "Content-Type": "application/json", Prefer: `wait=${WAIT_SECONDS}` },
    body: JSON.stringify({ text, explain: true }),
    signal,
  });
  for (let attempt = 0; isOpen(prediction.state); attempt += 1) {
    if (attempt === 0) onQueued();
    await backOff(attempt);
    signal.throwIfAborted();
    prediction = await request(prediction.links.self, {
      headers: { Prefer: `wait=${WAIT_SECONDS}` },
      signal,
    });
  }
  if (prediction.error) throw new RequestError(prediction.error.message);
  return prediction;
}

function isOpen(state) {
  return state === "queued" || state === "running";
}
