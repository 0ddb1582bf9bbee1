// What becomes of a correction or a file, as its page tells it: read again until it is settled.

import { Refusal } from "./asking.js";
import { inTime, pause } from "./pausing.js";
import { say } from "./saying.js";

/**
 * Show a page's news in `progress` until they are settled, or until `signal` says stop. Resolves
 * with the last news; with `progress` as it is where there are no more, and it says why. The
 * pauses between looks become no longer than the `slowest`-th.
 */
export async function follow(progress, page, { signal, slowest = Infinity } = {}) {
  const [status, details] = [progress.querySelector("#status"), progress.querySelector("#details")];
  for (let look = 0; ; look += 1) {
    let now;
    try {
      now = await read(page, signal);
    } catch (error) {
      if (!(error instanceof Refusal) || signal?.aborted) throw error;
      status.textContent = error.message;
      return progress;
    }
    signal?.throwIfAborted();
    // The sentence keeps its element: a screen reader announces what changes in it.
    const sentence = now ? now.querySelector("#status").textContent : say("no_news");
    if (sentence !== status.textContent) {
      status.textContent = sentence;
      look = 0;
    }
    const fresh = now?.querySelector("#details");
    if (fresh && !fresh.isEqualNode(details)) {
      const focused = details.contains(document.activeElement);
      details.replaceChildren(...fresh.childNodes);
      if (focused) progress.focus({ preventScroll: true }); // what had it is gone
    }
    if (now && "settled" in now.dataset) return now;
    await pause(Math.min(look, slowest));
  }
}

/** Resolves with the page's part about it, or with null while nobody answers. */
async function read(page, signal) {
  let response;
  let text;
  try {
    response = await fetch(page, { headers: { Accept: "text/html" }, signal: inTime(signal) });
    text = await response.text();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    return null; // the connection broke, before the answer or within it
  }
  if (response.status >= 500) return null;
  const parsed = new DOMParser().parseFromString(text, "text/html");
  const now = parsed.getElementById("progress");
  if (now) return now;
  throw new Refusal(parsed.querySelector(".problem")?.textContent ?? say("load_again"));
}
