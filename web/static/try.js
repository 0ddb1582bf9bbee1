// The form: an answer without a reload, when it is sent and politely as somebody pauses typing.

import { busy, fill, reveal, show } from "./answer.js";
import { Refusal } from "./asking.js";
import { offer, withdraw } from "./correct.js";
import { sleep } from "./pausing.js";
import { predict } from "./predictions.js";
import { say } from "./saying.js";

const PAUSE_MS = 600; // without a key: somebody looks up
const TRIES = 4; // when the server is overloaded

const form = document.getElementById("try");
const text = document.getElementById("text");
const button = form.querySelector("button");
let asking = new AbortController();
let pausing = 0;
// The text whose answer is shown: by the server, if somebody was faster than this script.
let answered = "emotion" in document.getElementById("answer").dataset ? text.value : null;
let asked = null; // the one that is on its way

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
  clearTimeout(pausing);
  if (asked !== null && text.value !== asked) {
    stop(); // it is no longer what was asked about
    if (answered === null) tell("empty");
  }
  if (!event.isComposing && text.value.trim()) pausing = setTimeout(() => look(), PAUSE_MS);
});

// Ctrl+Enter sends, as in other text boxes.
text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
});

function look() {
  const wanted = text.value;
  if (document.hidden || wanted === answered || wanted === asked) return;
  if (wanted.trim() && wanted.length <= text.maxLength) answer(wanted, { tries: 1 });
}

function stop() {
  asking.abort();
  asking = new AbortController();
  asked = null;
  busy(false);
  button.removeAttribute("aria-disabled");
}

/** Show something else than an answer: then there is none to correct, nor to keep. */
function tell(what, sentence) {
  withdraw();
  show(what, sentence);
  answered = null;
}

async function answer(wanted, { tries }) {
  clearTimeout(pausing);
  stop();
  const { signal } = asking;
  asked = wanted;
  busy(true);
  button.setAttribute("aria-disabled", tries > 1); // it was pressed
  if (tries > 1) reveal();
  try {
    const prediction = await persistently(wanted, tries, signal);
    fill(wanted, prediction.result);
    offer(wanted, prediction);
    answered = wanted;
  } catch (error) {
    if (signal.aborted) return; // a newer question replaced this one
    if (!(error instanceof Refusal)) throw error;
    tell("problem", error.message);
  }
  if (!signal.aborted) stop();
}

/** Ask; where the server says when to come again, come again, and say so meanwhile. */
async function persistently(wanted, tries, signal) {
  for (let left = tries - 1; ; left -= 1) {
    try {
      return await predict(form.dataset.api, wanted, { signal, onQueued: () => tell("pending") });
    } catch (error) {
      if (!(error instanceof Refusal) || error.after === null || left <= 0) throw error;
      tell("problem", say("overloaded", { detail: error.message, seconds: error.after }));
      await sleep(error.after * 1000, signal);
    }
  }
}
