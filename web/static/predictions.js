// Asking for a prediction and waiting for it: the queue's contract, seen from a browser.

import { Refusal, ask } from "./asking.js";
import { pause } from "./pausing.js";

const WAIT_SECONDS = 5; // how long one request may be held by the server

/** Submit one text; resolves with its prediction. `onQueued` is called once if it takes longer. */
export async function predict(api, text, { signal, onQueued }) {
  let prediction = await ask(api, {
    method: "POST",
    headers: { "Content-Type": "application/json", Prefer: `wait=${WAIT_SECONDS}` },
    body: JSON.stringify({ text, explain: true }),
    signal,
  });
  for (let look = 0; isOpen(prediction.state); look += 1) {
    if (look === 0) onQueued();
    await pause(look);
    signal.throwIfAborted();
    prediction = await ask(prediction.links.self, {
      headers: { Prefer: `wait=${WAIT_SECONDS}` },
      signal,
    });
  }
  if (prediction.error) throw new Refusal(prediction.error.message);
  return prediction;
}

function isOpen(state) {
  return state === "queued" || state === "running";
}
