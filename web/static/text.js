// The texts of the page, with their values filled in.

import { texts } from "../texts.js";

/** Returns the text of this name from the catalog. */
export function say(name, values = {}) {
  return texts[name].replace(/\{(\w+)\}/g, (_, value) => values[value]);
}

/** Returns a share from 0 to 1 as a percentage. */
export function percent(share) {
  return say("percent", { number: Math.round(share * 100) });
}
