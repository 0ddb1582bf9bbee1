// Shows how the chosen file will be read, before a row is answered.

import { showFound } from "./found.js";
import { readingOptions } from "./reading_options.js";
import { say } from "./text.js";

const BEGINNING = 4 * 2 ** 20; // bytes; enough for a text file
const LARGEST_WORKBOOK = 32 * 2 ** 20; // bytes, which are sent whole
const form = document.getElementById("upload");
const part = (id) => document.getElementById(id);
let looking = null; // the AbortController of the last look

// Nothing moves while a pointer is down: the button beneath it would get no click.
let released = Promise.resolve();
form.addEventListener("pointerdown", () => {
  released = new Promise((resolve) => {
    const release = () => setTimeout(resolve); // after the click
    for (const kind of ["pointerup", "pointercancel"]) window.addEventListener(kind, release, { once: true });
  });
});

// Scripts send the options apart from the file, so they may stand below what was found.
part("found").after(part("reading"));
form.addEventListener("change", async () => {
  await released;
  part("problem").hidden = true; // now, for sending may fail before this look is answered
  look();
});
window.addEventListener("pageshow", () => {
  if (form.elements.file.files.length) look(); // the browser's back button keeps the file
});

async function look() {
  const [file] = form.elements.file.files;
  looking?.abort();
  const fits = file?.size <= Number(form.dataset.largest); // sending a larger one is refused
  part("found").hidden = !fits;
  if (!fits) return;
  looking = new AbortController();
  const { signal } = looking;
  part("read").textContent = say("looking", { name: file.name });
  const query = readingOptions(form, file);
  query.set("preview", "true");
  try {
    const answer = await fetch(`${form.dataset.api}?${query}`, {
      method: "POST",
      headers: { "Content-Type": file.type || "application/octet-stream", Accept: "application/json" },
      body: await beginning(file),
      signal,
    });
    const reading = await answer.json();
    await released;
    if (signal.aborted) return;
    if (answer.ok) showFound(form, reading);
    else showFound(form, { problem: reading.detail });
  } catch {
    if (!signal.aborted) part("found").hidden = true; // no answer: sending the file will tell
  }
}

/** Returns the whole file if it is a workbook or a zip file, its beginning otherwise. */
async function beginning(file) {
  const [first, second] = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  const packed = (first === 0x50 && second === 0x4b) || (first === 0xd0 && second === 0xcf);
  return file.slice(0, packed ? LARGEST_WORKBOOK : BEGINNING);
}
