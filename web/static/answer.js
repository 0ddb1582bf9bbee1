// The card with the answer: filled in place, so that nothing on the page moves.

import { percent, say } from "./saying.js";

const NAMED = 5; // words in the sentence that says the same as the shading

const card = document.getElementById("answer");
const part = (id) => document.getElementById(id);
const rows = new Map(
  [...card.querySelectorAll(".bars tr")].map((row) => [row.dataset.emotion, row]),
);

/** Show one of `empty`, `pending`, `problem` with its sentence, `sure`, `unsure`. */
export function show(what, sentence = "") {
  card.dataset.shown = what;
  part("problem").textContent = sentence;
  if (what === "sure" || what === "unsure") return;
  for (const row of rows.values()) { // nothing of an older answer stands beside it
    row.querySelector("rect").setAttribute("width", 0);
    row.querySelector(".value").textContent = "";
  }
  part("words").textContent = say("no_why");
  part("quote").textContent = part("made").textContent = "";
  const waiting = part("pending").firstElementChild.textContent;
  part("said").textContent = what === "pending" ? waiting : "";
}

/** Bring the answer into view for somebody who asked, and would look in vain on a phone. */
export function reveal() {
  const { top, bottom } = card.querySelector(".verdict").getBoundingClientRect();
  if (top >= 0 && bottom <= innerHeight) return;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  card.scrollIntoView({ block: "nearest", behavior: still ? "instant" : "smooth" });
}

/** Show that a newer answer is on its way, or that none is. */
export function busy(is) {
  card.setAttribute("aria-busy", is);
}

/** Show the answer to this text. */
export function fill(text, result) {
  const title = (label) => rows.get(label).dataset.title;
  const likely = say("sure", { percent: percent(result.confidence) });
  card.dataset.emotion = result.label;
  part("emoji").textContent = result.emoji;
  part("label").textContent = title(result.label);
  part("likely").textContent = likely;
  const order = Object.entries(result.probabilities).sort((a, b) => b[1] - a[1]);
  card.querySelectorAll(".candidate").forEach((candidate, place) => {
    const [label, probability] = order[place];
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
  const said = result.confident
    ? `${title(result.label)}, ${likely}. ${words}`
    : `${part("unsure").textContent} ${first.textContent}, ${second.textContent}. ${words}`;
  part("said").textContent = said;
}

/** Shade the words that spoke for it; returns the sentence that says the same. */
function explain(text, title, explanation) {
  const points = Array.from(text); // as the server counts
  const of = ({ start, end }) => points.slice(start, end).join("");
  const shaded = explanation.filter(({ strength }) => strength);
  const quote = part("quote").cloneNode(false); // a new one: where the old one stood says nothing
  let at = 0;
  for (const each of shaded) {
    const mark = document.createElement("mark");
    mark.dataset.strength = each.strength;
    mark.textContent = of(each);
    quote.append(points.slice(at, each.start).join(""), mark);
    at = each.end;
  }
  quote.append(points.slice(at).join(""));
  part("quote").replaceWith(quote);
  const strongest = [...shaded].sort((a, b) => b.weight - a.weight).map((each) => of(each));
  const first = new Map(); // a word said twice is named once, as it stands first
  for (const word of strongest) {
    const name = word.toLowerCase();
    if (!first.has(name)) first.set(name, word);
  }
  const distinct = [...first.values()].slice(0, NAMED);
  const words = distinct.map((word) => say("word", { word })).join(say("between"));
  const sentence = words ? say("words", { label: title, words }) : say("no_word");
  part("words").textContent = sentence;
  return sentence;
}
