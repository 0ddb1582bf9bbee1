// The form under a prediction: sends a correction and shows its progress.

import { RequestError, request } from "./api_client.js";
import { follow } from "./progress.js";

const section = document.getElementById("correction");
const form = document.getElementById("correct");
const progress = document.getElementById("progress");
const refusal = document.getElementById("refusal");
const button = form.querySelector("button");
let offered = new AbortController(); // aborts when the form is for another prediction
let following = new AbortController();
let finished = false; // whether the shown correction needs no following any more
let tellLearned = () => {};

/** Offer to correct this prediction of this text. */
export function offer(text, prediction) {
  withdraw();
  form.reset();
  form.elements.text.value = text;
  form.elements.prediction_id.value = prediction.id;
  form.elements.key.value = randomKey(); // a correction that is sent twice is stored once
  form.hidden = false;
  delete section.dataset.none;
}

/** Call `tell` with a corrected text and the version that has learned it. */
export function onLearned(tell) {
  tellLearned = tell;
}

/** Choose an emotion in the form, and show the button that teaches it. */
export function choose(label) {
  form.elements.label.value = label;
  button.scrollIntoView({ block: "nearest" });
}

/** Hide the form. A correction that was sent is still followed; one at its end is hidden. */
export function withdraw() {
  if (finished) progress.hidden = true;
  offered.abort();
  offered = new AbortController();
  section.dataset.none = "";
  refusal.hidden = true;
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (button.getAttribute("aria-disabled") === "true") return;
  const { signal } = offered;
  const { text, label, prediction_id, key } = Object.fromEntries(new FormData(form));
  button.setAttribute("aria-disabled", "true");
  refusal.hidden = true;
  try {
    const correction = await request(form.dataset.api, {
      method: "POST",
      headers: { "Content-Type": "application/json", "Idempotency-Key": key },
      // A hidden field keeps its line ends in JavaScript: this is the text that was predicted.
      body: JSON.stringify({ text, label, prediction_id: prediction_id || null }),
    });
    if (!signal.aborted) form.hidden = true;
    // A request that was sent again has no cookie, but a proof in its link.
    const { search } = new URL(correction.links.self, location.href);
    showProgress(`${form.action}/${correction.id}${search}`, text);
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    if (signal.aborted) return; // the form is for a newer prediction by now
    refusal.textContent = error.message;
    refusal.hidden = false;
  } finally {
    button.removeAttribute("aria-disabled");
  }
});

/** Follow the correction on this page, instead of an earlier one. */
async function showProgress(page, text) {
  finished = false;
  following.abort();
  following = new AbortController();
  const { signal } = following;
  progress.querySelector("#status").textContent = "";
  progress.querySelector("#details").replaceChildren();
  progress.hidden = false;
  if (form.hidden) progress.focus({ preventScroll: true }); // the focused button is gone
  try {
    const { state, version } = (await follow(progress, page, { signal })).dataset;
    finished = true;
    if (state === "live") tellLearned(text, Number(version));
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

function randomKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16)); // randomUUID needs https
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
