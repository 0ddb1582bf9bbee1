// A page that shows the present: read again now and then, with pauses that grow while it fails.

import { inTime, sleep, visible } from "./pausing.js";
import { say } from "./saying.js";

const LONGEST_S = 60; // between two looks while nobody answers

const live = document.getElementById("live");
const stale = document.getElementById("stale");
const seconds = Number(live.dataset.seconds);

for (let failures = 0; ;) {
  await sleep(1000 * Math.min(seconds * 2 ** failures, LONGEST_S));
  await visible();
  const news = await read();
  failures = news ? 0 : failures + 1;
  stale.textContent = news ? "" : say("stale");
  // Whoever reads or uses a part of it is not interrupted.
  const used = live.contains(document.activeElement) || !getSelection().isCollapsed;
  if (news && !used && !news.isEqualNode(live)) live.replaceChildren(...news.childNodes);
}

async function read() {
  try {
    const how = { headers: { Accept: "text/html" }, signal: inTime() };
    const response = await fetch(location.pathname, how);
    const parsed = new DOMParser().parseFromString(await response.text(), "text/html");
    return response.ok ? parsed.getElementById("live") : null;
  } catch {
    return null; // the connection broke
  }
}
