// Which words of the text spoke for the answer, shaded and in a sentence.

import { say } from "./text.js";

const MAX_WORDS = 5; // in the sentence that says the same as the shading

/**
 * Shade the words that support the label; return the sentence that says the same.
 *
 * A text of which no word is known has nothing to shade.
 */
export function explain(text, { title, explanation, none = false, understood = true }) {
  const codePoints = Array.from(text); // the server counts these
  const textOf = ({ start, end }) => codePoints.slice(start, end).join("");
  const shaded = understood ? (explanation ?? []).filter(({ strength }) => strength) : [];
  const shown = document.getElementById("quote");
  const quote = shown.cloneNode(false); // a new element forgets where it was scrolled to
  let end = 0;
  for (const word of shaded) {
    const mark = document.createElement("mark");
    mark.dataset.strength = word.strength;
    mark.textContent = textOf(word);
    quote.append(codePoints.slice(end, word.start).join(""), mark);
    end = word.end;
  }
  quote.append(codePoints.slice(end).join(""));
  shown.replaceWith(quote);
  const distinct = new Map(); // by the lower-case word: the strongest spelling counts
  for (const word of [...shaded].sort((a, b) => b.weight - a.weight).map(textOf)) {
    const lower = word.toLowerCase();
    if (!distinct.has(lower)) distinct.set(lower, word);
  }
  const named = [...distinct.values()].slice(0, MAX_WORDS);
  const words = named.map((word) => say("word", { word })).join(say("between"));
  const values = { label: title, words };
  const decisive = none ? say("words_if_any", values) : say("words", values);
  const decided = words ? decisive : say("no_word");
  const sentence = understood ? decided : say("no_known_word");
  document.getElementById("words").textContent = sentence;
  return sentence;
}
