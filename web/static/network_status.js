// A banner that says when the browser goes offline, and when it is online again.

import { say } from "./text.js";

const ONLINE_SHOWN_MS = 4000;

const banner = document.getElementById("connection");
let timer = 0;

function showOffline() {
  clearTimeout(timer);
  banner.textContent = say("offline");
}

window.addEventListener("offline", showOffline);
window.addEventListener("online", () => {
  banner.textContent = say("online");
  timer = setTimeout(() => { banner.textContent = ""; }, ONLINE_SHOWN_MS);
});
if (!navigator.onLine) showOffline();
