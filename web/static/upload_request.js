// Sends a file to the API. XMLHttpRequest, because fetch() does not report upload progress.

import { RequestError } from "./api_client.js";
import { say } from "./text.js";

/** Resolves with the batch. `onProgress` gets the share that has been sent, from 0 to 1. */
export function upload(api, file, { signal, onProgress }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.upload.addEventListener("progress", ({ loaded, total }) => onProgress(loaded / total));
    request.addEventListener("load", () => {
      const body = parse(request.responseText);
      if (request.status < 300 && body) resolve(body);
      else reject(new RequestError(body?.detail ?? say("not_taken")));
    });
    request.addEventListener("error", () => {
      reject(new RequestError(say("broken")));
    });
    request.addEventListener("abort", () => reject(new RequestError(say("stopped"))));
    signal.addEventListener("abort", () => request.abort());
    request.open("POST", api);
    request.setRequestHeader("Content-Type", file.type || "application/octet-stream");
    request.send(file);
  });
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null; // the answer of a proxy, not ours
  }
}
