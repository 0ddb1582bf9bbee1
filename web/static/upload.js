// The upload form: takes a dropped file, shows the upload's progress, and can stop it.

import { RequestError } from "./api_client.js";
import { readingOptions } from "./reading_options.js";
import { say } from "./text.js";
import { upload } from "./upload_request.js";

const form = document.getElementById("upload");
const drop = form.querySelector(".drop");
const part = (id) => document.getElementById(id);
const input = part("file");
const largest = Number(form.dataset.largest);
let uploading = null; // the AbortController of the upload

drop.classList.add("ready");
for (const kind of ["dragenter", "dragover"]) drop.addEventListener(kind, (event) => mark(event, true));
for (const kind of ["dragleave", "drop"]) drop.addEventListener(kind, (event) => mark(event, false));
drop.addEventListener("drop", (event) => {
  const [file] = event.dataTransfer.files;
  if (!file) return; // a text or a link
  const transfer = new DataTransfer();
  transfer.items.add(file);
  input.files = transfer.files;
  input.dispatchEvent(new Event("change", { bubbles: true })); // as if it had been chosen
});

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (uploading) return;
  const [file] = input.files;
  if (file.size > largest) {
    showProblem(say("too_large", { largest: formatSize(largest) }));
    return;
  }
  uploading = new AbortController();
  showUpload(true);
  part("status").textContent = say("sending", { name: file.name });
  try {
    const batch = await upload(uploadUrl(file), file, {
      signal: uploading.signal,
      onProgress: (share) => {
        part("sent").value = share;
        const figures = { sent: formatSize(share * file.size), all: formatSize(file.size) };
        part("sent-figures").textContent = say("sent", figures);
      },
    });
    location.assign(batch.links.page);
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    uploading = null;
    showUpload(false);
    showProblem(error.message);
  }
});

part("stop").addEventListener("click", () => uploading?.abort());

// The browser's back button restores the page as it was left: reset the form.
window.addEventListener("pageshow", ({ persisted }) => {
  if (!persisted) return; // what the server wrote about a file stays
  uploading = null;
  showUpload(false);
});

function uploadUrl(file) {
  const query = readingOptions(form, file);
  return `${form.dataset.api}?${query}`;
}

function showUpload(running) {
  part("problem").hidden = true;
  part("sending").hidden = part("stop").hidden = !running;
  part("sent").value = 0;
  part("sent-figures").textContent = part("status").textContent = "";
  form.querySelector("button[type=submit]").setAttribute("aria-disabled", running);
}

function showProblem(sentence) {
  part("problem").textContent = sentence;
  part("problem").hidden = false;
}

function mark(event, inside) {
  event.preventDefault();
  drop.classList.toggle("over", inside);
}

function formatSize(bytes) {
  if (bytes < 2 ** 20) return say("kilobytes", { number: Math.ceil(bytes / 2 ** 10) });
  if (bytes && bytes % 2 ** 30 === 0) return say("gigabytes", { number: bytes / 2 ** 30 });
  const number = (bytes / 2 ** 20).toLocaleString("en", { maximumFractionDigits: 1 });
  return say("megabytes", { number });
}
