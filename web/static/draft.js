// The field's text: how long it is, and how Back and a reload find it again.

import { say } from "./text.js";

const TOLD_FROM = 0.8; // of the most characters: then the count is shown

const hint = document.getElementById("limit");
const count = document.getElementById("count");

/** Returns by how many characters a text is too long; the server counts code points. */
export function excess(field) {
  return Math.max(0, Array.from(field.value).length - Number(field.dataset.most));
}

/** Shows how long the text is, once it nears its limit. */
export function showCount(field) {
  const most = Number(field.dataset.most);
  const over = excess(field);
  const typed = Array.from(field.value).length;
  const values = { typed: format(typed), most: format(most), over: format(over) };
  const near = typed > TOLD_FROM * most;
  hint.toggleAttribute("data-near", near);
  count.className = over ? "problem" : "";
  count.textContent = near ? say(over ? "too_long" : "count", values) : "";
  field.setAttribute("aria-invalid", over > 0);
}

/** Keeps a text in this entry of the tab's history: it goes with the tab. */
export function keep(text) {
  history.replaceState({ text }, "");
}

/** Returns the text that Back or a reload brings back; empty without one. */
export function kept() {
  return history.state?.text ?? "";
}

function format(number) {
  return number.toLocaleString("en");
}
