// The form: answer without a reload.

import { Refusal } from "./asking.js";
import { offer, withdraw } from "./correct.js";
import { predict } from "./predictions.js";

const form = document.getElementById("try");
const text = document.getElementById("text");
const button = form.querySelector("button");
const part = (id) => document.getElementById(id);
let asking = new AbortController();

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  asking.abort();
  asking = new AbortController();
  const { signal } = asking;
  const asked = text.value;
  button.setAttribute("aria-disabled", "true");
  withdraw();
  try {
    const prediction = await predict(form.dataset.api, asked, {
      signal,
      onQueued: () => show("pending"),
    });
    fill(prediction.result);
    show("result");
    offer(asked, prediction);
  } catch (error) {
    if (signal.aborted) return; // a newer question replaced this one
    if (!(error instanceof Refusal)) throw error;
    part("problem").textContent = error.message;
    show("problem");
  } finally {
    if (!signal.aborted) button.removeAttribute("aria-disabled");
  }
});

// Ctrl+Enter sends, as in other text boxes.
text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
});

function show(id) {
  for (const name of ["problem", "pending", "result"]) part(name).hidden = name !== id;
}

function fill(result) {
  part("emoji").textContent = result.emoji;
  part("label").textContent = result.label[0].toUpperCase() + result.label.slice(1);
  part("unsure").hidden = result.confident;
  part("version").textContent = result.model_version;
  for (const row of document.querySelectorAll("#result tr")) {
    const probability = result.probabilities[row.dataset.label];
    row.querySelector("meter").value = probability;
    row.querySelector(".value").textContent = `${Math.round(probability * 100)} %`;
  }
}
