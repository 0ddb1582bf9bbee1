// The page of one batch: how far it is, told without reloading.

import { follow } from "./progress.js";

const SLOWEST = 3; // of the pauses between looks: a second

const progress = document.getElementById("progress");
const end = document.getElementById("end");

if (!("settled" in progress.dataset)) {
  const news = await follow(progress, location.pathname, { slowest: SLOWEST });
  const focused = end.contains(document.activeElement);
  const offered = news.querySelector("#end"); // once it is done: to delete it
  if (offered) end.replaceChildren(...offered.childNodes);
  else end.hidden = true;
  if (focused) progress.focus({ preventScroll: true });
}
