// The card with the prediction. It is filled in place, so that nothing on the page moves.

import { percent, say } from "./text.js";

const MAX_WORDS = 5; // in the sentence that says the same as the shading

const card = document.getElementById("answer");
const part = (id) => document.getElementById(id);
const rows = new Map(
  [...card.querySelectorAll(".bars tr")].map((row) => [row.dataset.emotion, row]),
);

/** Show one of the states `empty`, `pending`, `problem` (with its sentence), `sure`, `unsure`. */
export function show(state, sentence = "") {
  card.dataset.shown = state;
  part("problem").textContent = sentence;
  if (state === "sure" || state === "unsure") return;
  for (const row of rows.values()) { // remove the older prediction
    row.querySelector("rect").setAttribute("width", 0);
    row.querySelector(".value").textContent = "";
  }
  part("words").textContent = say("no_why");
  part("quote").textContent = part("made").textContent = "";
  const waiting = part("pending").firstElementChild.textContent;
  part("said").textContent = state === "pending" ? waiting : "";
}

/** Scroll the card into view: on a phone it is below the form. */
export function reveal() {
  const { top, bottom } = card.querySelector(".verdict").getBoundingClientRect();
  if (top >= 0 && bottom <= innerHeight) return;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  card.scrollIntoView({ block: "nearest", behavior: still ? "instant" : "smooth" });
}

/** Show whether a newer prediction is on its way. */
export function setBusy(busy) {
  card.setAttribute("aria-busy", busy);
}

/** Show the prediction of this text. */
export function fill(text, result) {
  const title = (label) => rows.get(label).dataset.title;
  const likely = say("sure", { percent: percent(result.confidence) });
  card.dataset.emotion = result.label;
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
  const words = explain(text, title(result.label), result.explanation ?? []);
  const { model_version: version, milliseconds } = result;
  part("made").textContent = say("made", { version, milliseconds });
  show(result.confident ? "sure" : "unsure");
  const [first, second] = card.querySelectorAll(".candidate strong");
  part("said").textContent = result.confident
    ? `${title(result.label)}, ${likely}. ${words}`
    : `${part("unsure").textContent} ${first.textContent}, ${second.textContent}. ${words}`;
}

/** Shade the words that support the label; return the sentence that says the same. */
function explain(text, title, explanation) {
  const codePoints = Array.from(text); // the server counts these
  const textOf = ({ start, end }) => codePoints.slice(start, end).join("");
  const shaded = explanation.filter(({ strength }) => strength);
  const quote = part("quote").cloneNode(false); // a new element forgets where it was scrolled to
  let end = 0;
  for (const word of shaded) {
    const mark = document.createElement("mark");
    mark.dataset.strength = word.strength;
    mark.textContent = textOf(word);
    quote.append(codePoints.slice(end, word.start).join(""), mark);
    end = word.end;
  }
  quote.append(codePoints.slice(end).join(""));
  part("quote").replaceWith(quote);
  const distinct = new Map(); // by the lower-case word: the strongest spelling counts
  for (const word of [...shaded].sort((a, b) => b.weight - a.weight).map(textOf)) {
    const lower = word.toLowerCase();
    if (!distinct.has(lower)) distinct.set(lower, word);
  }
  const named = [...distinct.values()].slice(0, MAX_WORDS);
  const words = named.map((word) => say("word", { word })).join(say("between"));
  const sentence = words ? say("words", { label: title, words }) : say("no_word");
  part("words").textContent = sentence;
  return sentence;
}
