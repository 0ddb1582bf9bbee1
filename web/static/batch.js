// The page of one batch: how far it is, told without reloading.

import { follow } from "./progress.js";

const LOOK_AT_LEAST = 3; // of the pauses between looks: about one a second

const progress = document.getElementById("progress");
const end = document.getElementById("end");

if (!("settled" in progress.dataset)) {
  await follow(progress, location.pathname, { slowest: LOOK_AT_LEAST });
  const focused = end.contains(document.activeElement);
  end.hidden = true; // what it offered is too late; the page offers the rest when it is loaded again
  if (focused) progress.focus({ preventScroll: true });
}
