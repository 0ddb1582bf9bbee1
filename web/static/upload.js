// The form for a file: drop it, see how much of it is sent, and stop.

import { Refusal } from "./asking.js";
import { say } from "./saying.js";
import { send } from "./sending.js";

const form = document.getElementById("upload");
const drop = form.querySelector(".drop");
const part = (id) => document.getElementById(id);
const chosen = part("file");
const largest = Number(form.dataset.largest);
let sending = null;

drop.classList.add("ready");
for (const kind of ["dragenter", "dragover"]) drop.addEventListener(kind, (event) => over(event, true));
for (const kind of ["dragleave", "drop"]) drop.addEventListener(kind, (event) => over(event, false));
drop.addEventListener("drop", (event) => {
  const [file] = event.dataTransfer.files;
  if (!file) return; // a text or a link
  const one = new DataTransfer();
  one.items.add(file);
  chosen.files = one.files;
});

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (sending) return;
  const [file] = chosen.files;
  if (file.size > largest) {
    refuse(say("too_large", { largest: size(largest) }));
    return;
  }
  sending = new AbortController();
  show(true);
  part("status").textContent = say("sending", { name: file.name });
  try {
    const batch = await send(address(file), file, {
      signal: sending.signal,
      onSent: (share) => {
        part("sent").value = share;
        const figures = { sent: size(share * file.size), all: size(file.size) };
        part("sent-figures").textContent = say("sent", figures);
      },
    });
    location.assign(batch.links.page);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    sending = null;
    show(false);
    refuse(error.message);
  }
});

part("stop").addEventListener("click", () => sending?.abort());

// Somebody comes back with the browser's own button: the page is as it was when it was left.
window.addEventListener("pageshow", () => {
  sending = null;
  show(false);
});

function address(file) {
  const query = new URLSearchParams({ name: file.name });
  if (form.elements.column.value) query.set("column", form.elements.column.value);
  return `${form.dataset.api}?${query}`;
}

function show(busy) {
  part("problem").hidden = true;
  part("sending").hidden = part("stop").hidden = !busy;
  part("sent").value = 0;
  part("sent-figures").textContent = part("status").textContent = "";
  form.querySelector("button[type=submit]").setAttribute("aria-disabled", busy);
}

function refuse(sentence) {
  part("problem").textContent = sentence;
  part("problem").hidden = false;
}

function over(event, inside) {
  event.preventDefault();
  drop.classList.toggle("over", inside);
}

function size(bytes) {
  if (bytes < 2 ** 20) return say("kilobytes", { number: Math.ceil(bytes / 2 ** 10) });
  const number = (bytes / 2 ** 20).toLocaleString("en", { maximumFractionDigits: 1 });
  return say("megabytes", { number });
}
