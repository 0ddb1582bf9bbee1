// The Try form: predicts without a reload, on submit and when somebody pauses typing.

import { fill, reveal, setBusy, show } from "./answer.js";
import { RequestError } from "./api_client.js";
import { sleep } from "./backoff.js";
import { offer, withdraw } from "./correct.js";
import { predict } from "./predictions.js";
import { say } from "./text.js";

const PAUSE_MS = 600; // without a keystroke
const TRIES = 4; // when the server is overloaded

const form = document.getElementById("try");
const text = document.getElementById("text");
const button = form.querySelector("button");
let current = new AbortController();
let pauseTimer = 0;
// The text whose prediction is shown. The server shows one if the form was sent before this ran.
let shownText = "emotion" in document.getElementById("answer").dataset ? text.value : null;
let pendingText = null;

form.addEventListener("submit", (event) => {
  event.preventDefault();
  answer(text.value, { tries: TRIES });
});

document.getElementById("examples").addEventListener("submit", (event) => {
  event.preventDefault();
  text.value = event.submitter.value;
  answer(text.value, { tries: TRIES });
});

text.addEventListener("input", (event) => {
  clearTimeout(pauseTimer);
  if (pendingText !== null && text.value !== pendingText) {
    cancel(); // the pending prediction is for an older text
    if (shownText === null) showState("empty");
  }
  if (!event.isComposing && text.value.trim()) pauseTimer = setTimeout(answerTyped, PAUSE_MS);
});

text.addEventListener("keydown", (event) => { // Ctrl+Enter sends, as in other text boxes
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
});

function answerTyped() {
  const typed = text.value;
  if (document.hidden || typed === shownText || typed === pendingText) return;
  if (typed.trim() && typed.length <= text.maxLength) answer(typed, { tries: 1 });
}

function cancel() {
  current.abort();
  current = new AbortController();
  pendingText = null;
  setBusy(false);
  button.removeAttribute("aria-disabled");
}

/** Show a state without a prediction: then there is nothing to correct. */
function showState(state, sentence) {
  withdraw();
  show(state, sentence);
  shownText = null;
}

async function answer(wanted, { tries }) {
  clearTimeout(pauseTimer);
  cancel();
  const { signal } = current;
  pendingText = wanted;
  setBusy(true);
  button.setAttribute("aria-disabled", tries > 1); // submitted, not only typed
  if (tries > 1) reveal();
  try {
    const prediction = await predictWithRetries(wanted, tries, signal);
    fill(wanted, prediction.result);
    offer(wanted, prediction);
    shownText = wanted;
  } catch (error) {
    if (signal.aborted) return; // a newer text replaced this one
    if (!(error instanceof RequestError)) throw error;
    showState("problem", error.message);
  }
  if (!signal.aborted) cancel();
}

/** Try again when the server says when; show the reason meanwhile. */
async function predictWithRetries(wanted, tries, signal) {
  for (let left = tries - 1; ; left -= 1) {
    try {
      const onQueued = () => showState("pending");
      return await predict(form.dataset.api, wanted, { signal, onQueued });
    } catch (error) {
      if (!(error instanceof RequestError) || error.retryAfter === null || left <= 0) throw error;
      showState("problem", say("overloaded", { detail: error.message, seconds: error.retryAfter }));
      await sleep(error.retryAfter * 1000, signal);
    }
  }
}
