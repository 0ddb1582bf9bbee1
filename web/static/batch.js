// The page of one batch: shows its progress without reloading.

import { follow } from "./progress.js";

const SLOWEST = 3; // index of the longest pause between polls: a second

const progress = document.getElementById("progress");
const end = document.getElementById("end");

if (!("settled" in progress.dataset)) {
  const news = await follow(progress, location.pathname, { slowest: SLOWEST });
  const focused = end.contains(document.activeElement);
  const nextEnd = news.querySelector("#end"); // a finished batch can be deleted
  if (nextEnd) end.replaceChildren(...nextEnd.childNodes);
  else end.hidden = true;
  if (focused) progress.focus({ preventScroll: true });
}
