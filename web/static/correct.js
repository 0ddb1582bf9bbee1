// The form under an answer: say what it was, and see what becomes of it.

import { Refusal, ask } from "./asking.js";
import { follow } from "./progress.js";

const section = document.getElementById("correction");
const form = document.getElementById("correct");
const progress = document.getElementById("progress");
const refusal = document.getElementById("refusal");
const button = form.querySelector("button");
let sending = new AbortController();
let following = new AbortController();

/** Offer to correct this answer to this text. */
export function offer(text, prediction) {
  withdraw();
  form.reset();
  form.elements.text.value = text;
  form.elements.prediction_id.value = prediction.id;
  form.elements.key.value = word(); // so that what is sent twice is stored once
  form.hidden = false;
  delete section.dataset.none;
}

/** Offer nothing. A correction that was sent is followed on. */
export function withdraw() {
  sending.abort();
  sending = new AbortController();
  section.dataset.none = "";
  refusal.hidden = true;
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (button.getAttribute("aria-disabled") === "true") return;
  const { signal } = sending;
  const { text, label, prediction_id, key } = Object.fromEntries(new FormData(form));
  button.setAttribute("aria-disabled", "true");
  refusal.hidden = true;
  try {
    const correction = await ask(form.dataset.api, {
      method: "POST",
      headers: { "Content-Type": "application/json", "Idempotency-Key": key },
      // Hidden fields keep their line ends in JavaScript: this is the text that was asked about.
      body: JSON.stringify({ text, label, prediction_id: prediction_id || null }),
    });
    if (!signal.aborted) form.hidden = true;
    tell(`${form.action}/${correction.id}`);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (signal.aborted) return; // a newer question took this one's place
    refusal.textContent = error.message;
    refusal.hidden = false;
  } finally {
    button.removeAttribute("aria-disabled");
  }
});

/** Tell what becomes of the correction that has this page, in place of an earlier one. */
async function tell(page) {
  following.abort();
  following = new AbortController();
  const { signal } = following;
  progress.querySelector("#status").textContent = "";
  progress.querySelector("#details").replaceChildren();
  progress.hidden = false;
  if (form.hidden) progress.focus({ preventScroll: true }); // the button that had it is gone
  try {
    await follow(progress, page, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

function word() {
  const bytes = crypto.getRandomValues(new Uint8Array(16)); // randomUUID needs https
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
