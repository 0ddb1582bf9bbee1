// The examples: a click answers one, and a button brings back the text that it replaced.

const form = document.getElementById("examples");
const back = document.getElementById("back");
const hasKeyboard = matchMedia("(hover: hover)"); // a focused field opens a phone's keyboard

/** Calls `choose` with the text of an example, or with the visitor's own text again. */
export function offerExamples(field, choose) {
  const examples = new Set([...form.querySelectorAll("[name=text]")].map(({ value }) => value));
  let own = "";
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!examples.has(field.value)) own = field.value;
    replace(field, event.submitter.value);
    back.hidden = !own.trim();
    choose(field.value);
  });
  back.addEventListener("click", () => {
    replace(field, own);
    back.hidden = true;
    choose(own);
  });
  field.addEventListener("input", () => {
    if (!examples.has(field.value)) back.hidden = true;
  });
}

/** Replace a field's text; Ctrl+Z returns it where the browser can. */
function replace(field, text) {
  if (hasKeyboard.matches) {
    field.focus({ preventScroll: true });
    field.select();
    if (document.execCommand("insertText", false, text)) return; // else it leaves no way back
  }
  field.value = text;
}
