// The page of one correction: its way, told without reloading.

import { follow } from "./progress.js";

const progress = document.getElementById("progress");
if (!("settled" in progress.dataset)) await follow(progress, location.pathname);
