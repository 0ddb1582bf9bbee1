// The texts of the page, with their values filled in.

import { texts } from "../texts.js";

/** Returns the text of this name from the catalog. */
export function say(name, values = {}) {
  return texts[name].replace(/\{(\w+)\}/g, (_, value) => values[value]);
}

/** Returns a share from 0 to 1 as a percentage; none is rounded to 0% or 100%. */
export function percent(share, { inWords = false } = {}) {
  const number = Math.round(share * 100);
  if (number === 100 && share < 1) return say(inWords ? "percent_above_words" : "percent_above");
  if (number > 0 || share === 0) return say("percent", { number });
  return say(inWords ? "percent_below_words" : "percent_below");
}
