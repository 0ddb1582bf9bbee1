// The card with the prediction. It is filled in place, so that nothing on the page moves.

import { explain } from "./explanation.js";
import { percent, say } from "./text.js";

const card = document.getElementById("answer");
const part = (id) => document.getElementById(id);
const MARGIN = 12; // pixels above what is scrolled into view
const rows = new Map(
  [...card.querySelectorAll(".bars tr")].map((row) => [row.dataset.emotion, row]),
);

/**
 * Show a state: `empty`, `pending`, `problem` (with its sentence and what is `next`), or of a prediction `sure`,
 * `unsure`, `none` (no clear emotion) or `unread` (no known word).
 */
export function show(state, sentence = "", next = "") {
  card.dataset.shown = state;
  // An unchanged sentence is not announced again while the seconds beside it count down.
  if (part("problem").textContent !== sentence) part("problem").textContent = sentence;
  part("countdown").textContent = next;
  if (["sure", "unsure", "none", "unread"].includes(state)) return;
  for (const row of rows.values()) { // remove the older prediction
    row.querySelector("rect").setAttribute("width", 0);
    row.querySelector(".value").textContent = "";
  }
  part("words").textContent = say("no_why");
  part("quote").textContent = part("made").textContent = "";
  const waiting = part("pending").firstElementChild.textContent;
  part("said").textContent = state === "pending" ? waiting : "";
}

/**
 * Scroll the verdict into view: on a phone it is below the form, and a keyboard may cover it. The
 * `field` stays in view, too, if there is room for both.
 */
export function reveal(field) {
  const height = window.visualViewport?.height ?? innerHeight;
  const { top, bottom } = card.querySelector(".verdict").getBoundingClientRect();
  if (top >= 0 && bottom <= height) return;
  const start = field.getBoundingClientRect().top;
  const first = bottom - start + 2 * MARGIN <= height ? start : top;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  scrollBy({ top: first - MARGIN, behavior: still ? "instant" : "smooth" });
}

/** Show whether a newer prediction is on its way. */
export function setBusy(busy) {
  card.setAttribute("aria-busy", busy);
}

/** Show the prediction of this text. */
export function fill(text, result) {
  const title = (label) => rows.get(label).dataset.title;
  const likely = say("sure", { percent: percent(result.confidence, { inWords: true }) });
  const { none = false, understood = true, confident } = result; // an older server tells less
  const state = !understood ? "unread" : none ? "none" : confident ? "sure" : "unsure";
  card.dataset.emotion = none ? "none" : result.label;
  part("emoji").textContent = result.emoji;
  part("label").textContent = title(result.label);
  part("likely").textContent = likely;
  const order = Object.entries(result.probabilities).sort((a, b) => b[1] - a[1]);
  card.querySelectorAll(".candidate").forEach((candidate, index) => {
    const [label, probability] = order[index];
    candidate.dataset.emotion = label;
    candidate.querySelector(".emoji").textContent = rows.get(label).dataset.emoji;
    candidate.querySelector("strong").textContent = title(label);
    candidate.querySelector(".hint").textContent = percent(probability);
  });
  for (const [label, row] of rows) {
    row.querySelector("rect").setAttribute("width", `${result.probabilities[label] * 100}%`);
    row.querySelector(".value").textContent = percent(result.probabilities[label]);
  }
  const words = explain(text, { ...result, title: title(result.label) });
  const { model_version: version, milliseconds } = result;
  part("made").textContent = say("made", { version, milliseconds });
  const emotional = () => ({ percent: percent(result.emotional, { inWords: true }) });
  if (none) part("emotional").textContent = say("emotional", emotional());
  show(state);
  part("said").textContent = `${verdict(state)} ${words}`;
}

/** Return the sentence that says the same as the upper part of the card. */
function verdict(state) {
  const said = (name) => [...card.querySelectorAll(`[data-when="${state}"] ${name}`)];
  const [first, second] = said("strong").map((each) => each.textContent);
  if (state === "unsure") return `${part("unsure").textContent} ${first}, ${second}.`;
  return `${first}, ${said(".hint")[0].textContent}.`;
}
