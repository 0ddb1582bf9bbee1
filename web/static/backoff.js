// Waiting: between polls, with growing pauses, and while the tab is hidden.

const TIMEOUT_MS = 20_000; // the server holds a request for 5 s at most
const PAUSES_MS = [100, 250, 500, 1000, 2000]; // the last one repeats

/** Resolves after the pause that follows poll number `attempt` (0, 1, ...), in a visible tab. */
export async function backOff(attempt) {
  await sleep(PAUSES_MS[Math.min(attempt, PAUSES_MS.length - 1)]);
  await tabVisible();
}

/** Resolves after that time; rejects when `signal` aborts. */
export function sleep(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}

/** Returns a signal that aborts with `signal`, or when an answer takes too long. */
export function withTimeout(signal) {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  return signal ? AbortSignal.any([signal, timeout]) : timeout;
}

/** Resolves at once in a visible tab, or else when the tab becomes visible. */
export function tabVisible() {
  if (!document.hidden) return Promise.resolve();
  return new Promise((resolve) => {
    document.addEventListener("visibilitychange", resolve, { once: true });
  });
}
