// One request to the API: its JSON, or an error with a sentence for people.

import { inTime } from "./pausing.js";
import { say } from "./saying.js";

/** What the server, or the lack of one, answers; `after`: seconds to wait before asking again. */
export class Refusal extends Error {
  constructor(sentence, { after = null } = {}) {
    super(sentence);
    this.after = after;
  }
}

export async function ask(url, { signal, ...options }) {
  let response;
  let body;
  try {
    response = await fetch(url, { ...options, signal: inTime(signal) });
    body = await response.json();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    if (response) throw new Refusal(say("garbled"));
    throw new Refusal(say(navigator.onLine ? "unreachable" : "no_network"));
  }
  if (response.ok) return body;
  const after = parseInt(response.headers.get("Retry-After"), 10); // not a number: it may be a date
  throw new Refusal(body.detail ?? say("garbled"), { after: after >= 0 ? after : null });
}
