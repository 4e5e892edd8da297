// The page for questions about one photo. Text from the server is never set as HTML.
import { drawMarks, highlight } from "./marks.js";

const form = document.getElementById("ask");
const photo = document.getElementById("photo");
const drop = document.getElementById("drop");
const status = document.getElementById("status");
const result = document.getElementById("result");
const shown = document.getElementById("shown");
const marks = document.getElementById("marks");
const answers = document.getElementById("answers");
const TRIES = 5;
let latest = 0; // number of the latest request; responses to older ones are dropped

form.addEventListener("submit", (event) => {
  event.preventDefault();
  ask();
});
photo.addEventListener("change", ask);
for (const name of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(name, (event) => {
    event.preventDefault();
    drop.classList.toggle("over", name === "dragover");
    if (name === "drop") take(event.dataTransfer.files);
  });
}
document.addEventListener("paste", (event) => take(event.clipboardData.files));

function take(files) {
  if (files.length === 0) return;
  photo.files = files;
  ask();
}

async function ask() {
  const file = photo.files[0];
  if (!file) return;
  const number = ++latest;
  const ticked = [...form.querySelectorAll("input[name=entity]:checked")].map((box) => box.value);
  const body = new FormData();
  body.append("photo", file);
  for (const entity of ticked) body.append("entity", entity);
  result.hidden = true;
  status.textContent = `Reading ${file.name} …`;
  try {
    const answer = await send(body, () => number === latest);
    if (number === latest) show(file, answer);
  } catch (error) {
    if (number === latest) status.textContent = error.message;
  }
}

async function send(body, current) {
  for (let left = TRIES; ; left--) {
    const response = await fetch("/v1/predict", { method: "POST", body });
    const answer = await response.json();
    if (response.ok) return answer;
    if (response.status !== 503 || left === 0 || !current()) throw new Error(answer.message);
    const seconds = Number(response.headers.get("Retry-After")) || 1;
    status.textContent = `The server is busy; retrying in ${seconds} s`;
    await new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
  }
}

function show(file, answer) {
  URL.revokeObjectURL(shown.src);
  shown.src = URL.createObjectURL(file);
  const found = answer.predictions.filter((each) => each.box);
  drawMarks(marks, answer.width, answer.height, found.map((each) => ({ box: each.box, name: each.entity, kind: "answer" })));
  answers.replaceChildren(...answer.predictions.map(row));
  result.hidden = false;
  status.textContent = `${found.length} of ${answer.predictions.length} found on ${file.name}`;
}

function row(prediction) {
  const line = document.createElement("tr");
  line.dataset.entity = prediction.entity;
  const entity = prediction.entity.replaceAll("_", " ");
  const percent = `${Math.floor(100 * prediction.confidence)}%`;
  const cells = prediction.text ? [entity, prediction.text, percent, prediction.words] : [entity, `not found: ${prediction.reason}`];
  for (const [number, text] of cells.entries()) {
    const cell = document.createElement(number === 0 ? "th" : "td");
    cell.textContent = text;
    line.append(cell);
  }
  line.firstChild.scope = "row";
  if (!prediction.text) {
    line.classList.add("unanswered");
    line.lastChild.colSpan = 3;
  }
  if (prediction.box) {
    line.tabIndex = 0;
    for (const name of ["pointerenter", "focus"]) line.addEventListener(name, () => highlight(marks, prediction.entity));
    for (const name of ["pointerleave", "blur"]) line.addEventListener(name, () => highlight(marks, ""));
  }
  return line;
}
