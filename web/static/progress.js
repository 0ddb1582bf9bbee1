// Follows a correction or a batch: polls its page until it is settled, and shows what changed.

import { RequestError } from "./api_client.js";
import { backOff, withTimeout } from "./backoff.js";
import { say } from "./text.js";

/**
 * Copies the page's news into `progress` until the page is settled or `signal` aborts. Resolves
 * with the last news; with `progress` itself if the page refuses, after showing the reason. The
 * pauses between polls stop growing after the `slowest`-th.
 */
export async function follow(progress, page, { signal, slowest = Infinity } = {}) {
  const [status, details] = [progress.querySelector("#status"), progress.querySelector("#details")];
  for (let attempt = 0; ; attempt += 1) {
    let news;
    try {
      news = await poll(page, signal);
    } catch (error) {
      if (!(error instanceof RequestError) || signal?.aborted) throw error;
      status.textContent = error.message;
      return progress;
    }
    signal?.throwIfAborted();
    // The sentence keeps its element, so that a screen reader announces the change.
    const sentence = news ? news.querySelector("#status").textContent : say("no_news");
    if (sentence !== status.textContent) {
      status.textContent = sentence;
      attempt = 0;
    }
    const fresh = news?.querySelector("#details");
    if (fresh && !fresh.isEqualNode(details)) {
      const focused = details.contains(document.activeElement);
      details.replaceChildren(...fresh.childNodes);
      if (focused) progress.focus({ preventScroll: true }); // the focused element is gone
    }
    if (news && "settled" in news.dataset) return news;
    await backOff(Math.min(attempt, slowest));
  }
}

/** Resolves with the page's `progress` element, or with null while the server does not answer. */
async function poll(page, signal) {
  let response;
  let text;
  try {
    response = await fetch(page, { headers: { Accept: "text/html" }, signal: withTimeout(signal) });
    text = await response.text();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    return null; // the connection broke, before the answer or within it
  }
  if (response.status >= 500) return null;
  const parsed = new DOMParser().parseFromString(text, "text/html");
  const news = parsed.getElementById("progress");
  if (news) return news;
  throw new RequestError(parsed.querySelector(".problem")?.textContent ?? say("load_again"));
}
