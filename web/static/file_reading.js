// Shows how the chosen file will be read, before a row is answered.

import { readingOptions } from "./reading_options.js";
import { say } from "./text.js";

const BEGINNING = 4 * 2 ** 20; // bytes; enough for a text file
const LARGEST_WORKBOOK = 32 * 2 ** 20; // bytes, which are sent whole
const form = document.getElementById("upload");
const part = (id) => document.getElementById(id);
let looking = null; // the AbortController of the last look

form.addEventListener("change", async () => {
  const [file] = form.elements.file.files;
  looking?.abort();
  show("", []);
  if (!file) return;
  looking = new AbortController();
  part("read").textContent = say("looking", { name: file.name });
  const query = readingOptions(form, file);
  query.set("preview", "true");
  try {
    const answer = await fetch(`${form.dataset.api}?${query}`, {
      method: "POST",
      headers: { "Content-Type": file.type || "application/octet-stream", Accept: "application/json" },
      body: await beginning(file),
      signal: looking.signal,
    });
    const reading = await answer.json();
    if (!answer.ok) return show(reading.detail, []);
    const told = say("read_as", reading);
    show([told, ...reading.notes, ...reading.doubts.map((doubt) => doubt.sentence)].join(" "), reading.candidates);
    if (!reading.sure) part("reading").open = true;
  } catch {
    show("", []); // a newer look, or no answer: sending the file will tell
  }
});

/** Returns the whole file if it is a workbook or a zip file, its beginning otherwise. */
async function beginning(file) {
  const [first, second] = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  const packed = (first === 0x50 && second === 0x4b) || (first === 0xd0 && second === 0xcf);
  return file.slice(0, packed ? LARGEST_WORKBOOK : BEGINNING);
}

function show(told, candidates) {
  part("read").textContent = told;
  part("candidates").replaceChildren(...candidates.map(item));
}

/** A candidate for the column; pressing it chooses the column. */
function item(candidate) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet";
  button.textContent = say("candidate", { ...candidate, samples: candidate.samples.join(" · ") });
  button.addEventListener("click", () => {
    form.elements.column.value = candidate.number;
    form.dispatchEvent(new Event("change"));
  });
  const entry = document.createElement("li");
  entry.append(button);
  return entry;
}
