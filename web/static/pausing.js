// Waiting without haste: between looks, and while nobody looks at the tab.

const LONGEST_MS = 20_000; // for an answer; the server holds none longer than 5 s
const PAUSES_MS = [100, 250, 500, 1000, 2000]; // the last one repeated

/** Resolves some time after the `look`-th look (0, 1, ...), and not in a hidden tab. */
export async function pause(look) {
  await sleep(PAUSES_MS[Math.min(look, PAUSES_MS.length - 1)]);
  await visible();
}

/** Resolves after that time; rejects when `signal` says stop. */
export function sleep(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const waiting = setTimeout(resolve, milliseconds);
    signal?.addEventListener("abort", () => {
      clearTimeout(waiting);
      reject(signal.reason);
    });
  });
}

/** Returns a signal that says stop as `signal` does, or when an answer takes too long. */
export function inTime(signal) {
  const late = AbortSignal.timeout(LONGEST_MS);
  return signal ? AbortSignal.any([signal, late]) : late;
}

/** Resolves at once in a visible tab, else when the tab is looked at again. */
export function visible() {
  if (!document.hidden) return Promise.resolve();
  return new Promise((resolve) => {
    document.addEventListener("visibilitychange", resolve, { once: true });
  });
}
