// Asks an overloaded server again when it says so, and counts the seconds down meanwhile.

import { RequestError } from "./api_client.js";
import { backOff, sleep } from "./backoff.js";
import { predict } from "./predictions.js";
import { say } from "./text.js";

const TOO_MANY = 429; // the status of a client's own limits
const RELOADS = 5; // tries to get an answer by a version that just went live

/**
 * Resolves with the prediction of a text; rejects after so many `tries`. Before each further try,
 * `onRefused` gets the reason, and then again each second with the sentence about the next try.
 */
export async function predictWithRetries(api, text, { tries, signal, onQueued, onRefused }) {
  for (let left = tries - 1; ; left -= 1) {
    try {
      return await predict(api, text, { signal, onQueued });
    } catch (error) {
      if (!(error instanceof RequestError) || error.retryAfter === null || left <= 0) throw error;
      const reason = error.status === TOO_MANY ? say("too_many") : error.message;
      for (let seconds = error.retryAfter; seconds > 0; seconds -= 1) {
        onRefused(reason, say("next_try", { seconds }));
        await sleep(1000, signal);
      }
    }
  }
}

/**
 * Resolves with the prediction by this model version or a newer one: a worker may need a moment
 * to load it. Resolves with null if none comes soon, or `signal` aborts.
 */
export async function predictAgain(api, text, version, { signal }) {
  for (let attempt = 0; attempt < RELOADS; attempt += 1) {
    try {
      const prediction = await predict(api, text, { signal, onQueued: () => {} });
      if (prediction.result.model_version >= version) return prediction;
      await backOff(attempt);
    } catch (error) {
      if (signal.aborted || error instanceof RequestError) return null;
      throw error;
    }
  }
  return null;
}
