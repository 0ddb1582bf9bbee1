// The text that was asked about last: asks the server, and shows its answer or why there is none.

import { fill, reveal, setBusy, show } from "./answer.js";
import { RequestError } from "./api_client.js";
import { offer, onLearned, withdraw } from "./correct.js";
import { keep } from "./draft.js";
import { predictAgain, predictWithRetries } from "./retries.js";

const form = document.getElementById("try");
const field = document.getElementById("text");
const button = form.querySelector("button");
const { api } = form.dataset;
let current = new AbortController();
// The text whose prediction is shown. The server shows one if the form was sent before this ran.
let shownText = "emotion" in document.getElementById("answer").dataset ? field.value : null;
let pendingText = null;

/** Returns whether this text's prediction is shown or on its way. */
export function isAsked(text) {
  return text === shownText || text === pendingText;
}

/** Forget the pending prediction if it is for another text than this one. */
export function forgetPending(text) {
  if (pendingText === null || text === pendingText) return;
  cancel();
  if (shownText === null) showState("empty");
}

/** Show that nothing is asked. */
export function clear() {
  cancel();
  showState("empty");
  keep("");
}

/** Ask for a text's prediction and show it; `scroll` to it unless it is in view. */
export async function ask(text, { tries, scroll = true }) {
  cancel();
  const { signal } = current;
  pendingText = text;
  keep(text);
  setBusy(true);
  button.setAttribute("aria-disabled", tries > 1); // submitted, not only typed
  if (tries > 1) reveal(field);
  try {
    const onQueued = () => showState("pending");
    const onRefused = (reason, next) => showState("problem", reason, next);
    const prediction = await predictWithRetries(api, text, { tries, signal, onQueued, onRefused });
    fill(text, prediction.result);
    offer(text, prediction);
    shownText = text;
    if (scroll) reveal(field);
  } catch (error) {
    if (signal.aborted) return; // a newer text replaced this one
    if (!(error instanceof RequestError)) throw error;
    showState("problem", error.message);
  }
  if (!signal.aborted) cancel();
}

onLearned(async (text, version) => { // the card shows what the model says now
  if (text !== shownText) return;
  const prediction = await predictAgain(api, text, version, { signal: current.signal });
  if (prediction && text === shownText) fill(text, prediction.result);
});

function cancel() {
  current.abort();
  current = new AbortController();
  pendingText = null;
  setBusy(false);
  button.removeAttribute("aria-disabled");
}

/** Show a state without a prediction: then there is nothing to correct. */
function showState(state, sentence, next) {
  withdraw();
  show(state, sentence, next);
  shownText = null;
}
