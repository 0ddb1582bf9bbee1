// Sending a file to the API. Not with fetch(), which does not tell how much has been sent.

import { Refusal } from "./asking.js";
import { say } from "./saying.js";

/** Send a file; resolves with the batch. `onSent` hears the share that has been sent. */
export function send(api, file, { signal, onSent }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.upload.addEventListener("progress", (event) => onSent(event.loaded / event.total));
    request.addEventListener("load", () => {
      const body = read(request.responseText);
      if (request.status < 300 && body) resolve(body);
      else reject(new Refusal(body?.detail ?? say("not_taken")));
    });
    request.addEventListener("error", () => {
      reject(new Refusal(say("broken")));
    });
    request.addEventListener("abort", () => reject(new Refusal(say("stopped"))));
    signal.addEventListener("abort", () => request.abort());
    request.open("POST", api);
    request.setRequestHeader("Content-Type", file.type || "application/octet-stream");
    request.send(file);
  });
}

function read(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null; // not from us: something between
  }
}
