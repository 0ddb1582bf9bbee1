// One request to the API: its JSON, or an error with a sentence for people.

export class Refusal extends Error {}

export async function ask(url, options) {
  const response = await reach(url, options);
  const body = await response.json();
  if (!response.ok) throw new Refusal(body.detail);
  return body;
}

/** As fetch, with a sentence for when nobody answers. */
export async function reach(url, options) {
  try {
    return await fetch(url, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refusal("The server cannot be reached. Check the connection and try again.");
  }
}
