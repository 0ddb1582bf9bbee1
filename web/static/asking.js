// One request to the API: its JSON, or an error with a sentence for people.

import { say } from "./saying.js";

/** What the server, or the lack of one, answers; `after`: seconds to wait before asking again. */
export class Refusal extends Error {
  constructor(sentence, { after = null } = {}) {
    super(sentence);
    this.after = after;
  }
}

export async function ask(url, options) {
  let response;
  let body;
  try {
    response = await fetch(url, options);
    body = await response.json();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    if (response) throw new Refusal(say("garbled"));
    throw new Refusal(say(navigator.onLine ? "unreachable" : "no_network"));
  }
  if (response.ok) return body;
  const after = response.headers.get("Retry-After");
  throw new Refusal(body.detail ?? say("garbled"), { after: after && Number(after) });
}
