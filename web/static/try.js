// The Try form: predicts without a reload, on submit and when somebody pauses typing.

import { choose } from "./correct.js";
import { excess, kept, showCount } from "./draft.js";
import { offerExamples } from "./examples.js";
import { ask, clear, forgetPending, isAsked } from "./question.js";

const PAUSE_MS = 600; // without a keystroke
const TRIES = 4; // when the server is overloaded

const form = document.getElementById("try");
const field = document.getElementById("text");
const card = document.getElementById("answer");
let pauseTimer = 0;

form.addEventListener("submit", (event) => {
  event.preventDefault();
  submit(field.value);
});

offerExamples(field, submit);

field.addEventListener("input", (event) => {
  clearTimeout(pauseTimer);
  showCount(field);
  if (field.value) forgetPending(field.value);
  else clear();
  if (!event.isComposing && field.value.trim()) pauseTimer = setTimeout(askTyped, PAUSE_MS);
});

field.addEventListener("keydown", (event) => { // Ctrl+Enter sends, as in other text boxes
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
});

card.addEventListener("click", ({ target }) => {
  const candidate = target.closest("button.candidate");
  if (candidate) choose(candidate.dataset.emotion);
});

// Back, a reload or a link brings a text; its answer follows.
if (!field.value) field.value = kept();
showCount(field);
if (card.dataset.shown === "empty") askTyped({ scroll: false });

function submit(text) {
  clearTimeout(pauseTimer);
  showCount(field);
  ask(text, { tries: TRIES });
}

function askTyped({ scroll } = {}) {
  const typed = field.value;
  if (document.hidden || !typed.trim() || isAsked(typed) || excess(field)) return;
  ask(typed, { tries: 1, scroll });
}
