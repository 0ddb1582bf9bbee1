// One request to the API: its JSON, or an error with a sentence for people.

import { withTimeout } from "./backoff.js";
import { say } from "./text.js";

/** A failed request; `retryAfter`: seconds until the next try, if the server names them. */
export class RequestError extends Error {
  constructor(sentence, { retryAfter = null, status = null } = {}) {
    super(sentence);
    this.retryAfter = retryAfter;
    this.status = status;
  }
}

/** Resolves with the answer's JSON; rejects with RequestError, or when `signal` aborts. */
export async function request(url, { signal, ...options }) {
  let response;
  let body;
  try {
    response = await fetch(url, { ...options, signal: withTimeout(signal) });
    body = await response.json();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    if (response) throw new RequestError(say("garbled"));
    throw new RequestError(say(navigator.onLine ? "unreachable" : "no_network"));
  }
  if (response.ok) return body;
  const seconds = parseInt(response.headers.get("Retry-After"), 10); // NaN if it is a date
  const retryAfter = seconds >= 0 ? seconds : null;
  throw new RequestError(body.detail ?? say("garbled"), { retryAfter, status: response.status });
}
