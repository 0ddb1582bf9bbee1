// The review queue: chooses all on the page without reloading, and tells how many are chosen.

const form = document.getElementById("review");
const chosen = document.getElementById("chosen");

if (form) {
  const boxes = [...form.querySelectorAll("[name=id]")];
  document.getElementById("all").addEventListener("click", (event) => {
    event.preventDefault();
    const all = !boxes.every((box) => box.checked); // a second click chooses none
    for (const box of boxes) box.checked = all;
    count();
  });
  form.addEventListener("change", count);
  form.addEventListener("keydown", (event) => { // browsers would press the first button: accept
    if (event.key === "Enter" && event.target.type === "checkbox") event.preventDefault();
  });
  count();

  function count() {
    const number = boxes.filter((box) => box.checked).length;
    const { one, other } = chosen.dataset;
    chosen.textContent = number === 1 ? one : other.replace("#", number);
  }
}
