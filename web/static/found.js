// What was found about a file: sentences, the columns to choose from, and values in the options.

import { say } from "./text.js";

const part = (id) => document.getElementById(id);

/** Shows a reading as the API tells it, or the `problem` why there is none. */
export function showFound(form, { problem, doubts = [], notes = [], odd_rows = [], ...reading }) {
  const lines = reading.format === "text";
  const told = () => (lines ? say("read_lines", reading) : say("read_as", reading));
  part("read").textContent = problem ? "" : told();
  const asked = doubts.map(({ option, sentence }) => (option === "column" ? say("which_column") : sentence));
  part("doubts").replaceChildren(
    ...[problem, ...asked].filter(Boolean).map((told) => line(told, "problem")),
    ...[...notes, ...odd_rows.map((row) => say("odd_row", row))].map((told) => line(told, "hint")),
  );
  const unsure = doubts.some(({ option }) => option === "column");
  if (problem || doubts.length > unsure) part("reading").open = true;
  showCandidates(form, problem ? [] : reading.candidates, unsure ? null : reading.column);
  if (!problem) preset(form, reading);
}

function line(told, kind) {
  const item = document.createElement("li");
  item.className = kind;
  item.textContent = told;
  return item;
}

function showCandidates(form, candidates, chosen) {
  const list = part("candidates");
  const focused = [...list.children].findIndex((item) => item.contains(document.activeElement));
  list.replaceChildren(...candidates.map((candidate) => entry(form, candidate, chosen)));
  list.children[focused]?.firstChild.focus();
}

/** A candidate for the column; pressing it chooses the column. */
function entry(form, { column, samples, reason }, chosen) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "column-choice";
  button.setAttribute("aria-pressed", column === chosen);
  const name = document.createElement("strong");
  name.textContent = column;
  const [shown, why] = [document.createElement("span"), document.createElement("span")];
  shown.textContent = samples.join(" · ");
  why.textContent = reason;
  why.className = "hint";
  button.append(name, " ", shown, " ", why);
  button.addEventListener("click", () => {
    form.elements.column.value = column;
    form.dispatchEvent(new Event("change"));
  });
  const item = document.createElement("li");
  item.append(button);
  return item;
}

/** Tells in each empty option what was found for it. */
function preset(form, reading) {
  for (const name of ["encoding", "delimiter", "sheet", "skip_lines"]) {
    const value = reading[name] === "\t" ? "tab" : reading[name];
    form.elements[name].placeholder = value ?? "";
  }
  form.elements.column.placeholder = reading.column;
  for (const name of ["quote", "header"]) {
    const select = form.elements[name];
    const found = [...select.options].find((option) => option.value === `${reading[name]}`);
    const [first] = select.options;
    first.dataset.undetected ??= first.textContent;
    first.textContent = found?.value ? say("found_as", { value: found.textContent }) : first.dataset.undetected;
  }
  part("sheets").replaceChildren(...reading.sheets.map((sheet) => new Option(sheet, sheet)));
}
