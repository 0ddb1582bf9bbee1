// Keeps a page up to date: reloads its live part regularly, less often while that fails.

import { sleep, tabVisible, withTimeout } from "./backoff.js";
import { say } from "./text.js";

const LONGEST_S = 60; // between two polls while the server does not answer

const live = document.getElementById("live");
const stale = document.getElementById("stale");
const seconds = Number(live.dataset.seconds);

for (let failures = 0; ;) {
  await sleep(1000 * Math.min(seconds * 2 ** failures, LONGEST_S));
  await tabVisible();
  const fresh = await poll();
  failures = fresh ? 0 : failures + 1;
  stale.textContent = fresh ? "" : say("stale");
  // Do not interrupt somebody who uses a part of the page or has selected text.
  const inUse = live.contains(document.activeElement) || !getSelection().isCollapsed;
  if (fresh && !inUse && !fresh.isEqualNode(live)) live.replaceChildren(...fresh.childNodes);
}

async function poll() {
  try {
    const options = { headers: { Accept: "text/html" }, signal: withTimeout() };
    const response = await fetch(location.pathname, options);
    const parsed = new DOMParser().parseFromString(await response.text(), "text/html");
    return response.ok ? parsed.getElementById("live") : null;
  } catch {
    return null; // the connection broke
  }
}
