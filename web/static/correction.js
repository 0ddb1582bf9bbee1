// The page of one correction: shows its progress without reloading.

import { follow } from "./progress.js";

const progress = document.getElementById("progress");
if (!("settled" in progress.dataset)) await follow(progress, location.pathname + location.search);
