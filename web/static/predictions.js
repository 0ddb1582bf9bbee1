// Asking for a prediction and waiting for it: the queue's contract, seen from a browser.

const WAIT_SECONDS = 5; // how long one request may be held by the server
const PAUSES_MS = [100, 250, 500, 1000, 2000]; // between looks, the last one repeated

export class PredictionError extends Error {}

/** Submit one text; resolves with its result. `onQueued` is called if it takes longer. */
export async function predict(api, text, { signal, onQueued }) {
  let prediction = await ask(api, {
    method: "POST",
    headers: { "Content-Type": "application/json", Prefer: `wait=${WAIT_SECONDS}` },
    body: JSON.stringify({ text }),
    signal,
  });
  for (let look = 0; isOpen(prediction.state); look += 1) {
    onQueued();
    await pause(PAUSES_MS[Math.min(look, PAUSES_MS.length - 1)]);
    await visible();
    signal.throwIfAborted();
    prediction = await ask(prediction.links.self, {
      headers: { Prefer: `wait=${WAIT_SECONDS}` },
      signal,
    });
  }
  if (prediction.error) throw new PredictionError(prediction.error.message);
  return prediction.result;
}

async function ask(url, options) {
  let response;
  try {
    response = await fetch(url, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new PredictionError("The server cannot be reached. Check the connection and try again.");
  }
  const body = await response.json();
  if (!response.ok) throw new PredictionError(body.detail);
  return body;
}

function isOpen(state) {
  return state === "queued" || state === "running";
}

function pause(milliseconds) {
  return new Promise((resolve) => { setTimeout(resolve, milliseconds); });
}

/** Resolves at once in a visible tab, else when the tab is looked at again. */
function visible() {
  if (!document.hidden) return Promise.resolve();
  return new Promise((resolve) => {
    document.addEventListener("visibilitychange", resolve, { once: true });
  });
}
