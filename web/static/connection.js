// Whether there is a network: told once it goes, and once it is back.

import { say } from "./saying.js";

const TOLD_FOR_MS = 4000; // that it is back

const banner = document.getElementById("connection");
let taking = 0;

function offline() {
  clearTimeout(taking);
  banner.textContent = say("offline");
}

window.addEventListener("offline", offline);
window.addEventListener("online", () => {
  banner.textContent = say("online");
  taking = setTimeout(() => { banner.textContent = ""; }, TOLD_FOR_MS);
});
if (!navigator.onLine) offline();
