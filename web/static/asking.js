// One request to the API: its JSON, or an error with a sentence for people.

export class Refusal extends Error {}

export async function ask(url, options) {
  let response;
  try {
    response = await fetch(url, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refusal("The server cannot be reached. Check the connection and try again.");
  }
  const body = await response.json();
  if (!response.ok) throw new Refusal(body.detail);
  return body;
}
