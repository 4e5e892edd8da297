// The page for reviewing the least certain rows. Text from the server is never set as HTML.
import { drawMarks, highlight } from "./marks.js";

const get = (id) => document.getElementById(id);
const who = get("who");
const status = get("status");
const marks = get("marks");
const VERDICTS = ["accepted", "kept", "absent", "skipped"];
let reviewer = who.dataset.reviewer || localStorage.getItem("reviewer") || "";
let item = null;
let busy = false; // one decision at a time, even if keys are pressed quickly

if (reviewer) start();
else who.hidden = false;

who.addEventListener("submit", (event) => {
  event.preventDefault();
  reviewer = get("name").value.trim();
  localStorage.setItem("reviewer", reviewer);
  start();
});
for (const verdict of VERDICTS) get(verdict).addEventListener("click", () => decide(verdict));
get("undo").addEventListener("click", () => call("/v1/review/undo", { reviewer }, "Undone"));
get("correct").addEventListener("submit", (event) => {
  event.preventDefault();
  decide("corrected", `${get("value").value} ${get("unit").value}`);
});
document.addEventListener("keydown", press);

function start() {
  who.hidden = true;
  get("desk").hidden = false;
  call(`/v1/review/next?reviewer=${encodeURIComponent(reviewer)}`);
}

function press(event) {
  if (event.key === "Escape") document.activeElement.blur();
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (event.target.closest("input, select, textarea") || get("desk").hidden) return;
  const key = event.key.toLowerCase();
  const button = document.querySelector(`button[data-key="${CSS.escape(key)}"]`);
  if (button) {
    event.preventDefault();
    button.click(); // no effect if it is disabled
  } else if (key === "e") {
    event.preventDefault();
    get("value").focus();
    get("value").select();
  }
}

function decide(verdict, value = "") {
  if (!item) return;
  const { source, source_row } = item;
  const outcome = value || { accepted: item.prediction, kept: item.label || "no answer", absent: "not in the photo" }[verdict] || verdict;
  call("/v1/review/decisions", { reviewer, source, source_row, verdict, value }, `Row ${source_row}: ${outcome}`);
}

async function call(path, body, done = "") {
  if (busy) return;
  busy = true;
  try {
    const options = body && { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
    const response = await fetch(path, options);
    const answer = await response.json();
    if (response.ok) show(answer, done);
    else status.textContent = answer.message;
    if (response.status === 409) await next(answer.message);
  } catch (error) {
    status.textContent = `The server does not respond: ${error.message}`;
  } finally {
    busy = false;
  }
}

async function next(message) {
  const response = await fetch(`/v1/review/next?reviewer=${encodeURIComponent(reviewer)}`);
  if (response.ok) show(await response.json(), message);
}

function show(desk, message) {
  item = desk.item;
  reviewer = desk.reviewer;
  const { rows, decided, mine, others_looking } = desk.progress;
  get("progress").textContent = `${decided} of ${rows} rows decided, ${mine} by you`;
  get("reviewer").textContent = `${reviewer}${others_looking ? `; others are reviewing ${others_looking}` : ""}`;
  get("bar").max = rows;
  get("bar").value = decided;
  status.textContent = item ? message : `${message ? `${message}. ` : ""}There are no more rows for you.`;
  get("item").hidden = !item;
  if (item) showItem();
}

function showItem() {
  get("shown").src = `/v1/review/photos/${item.sha256}`;
  get("shown").width = item.width;
  get("shown").height = item.height;
  get("entity").textContent = item.entity.replaceAll("_", " ");
  get("prediction").textContent = item.prediction || "none";
  get("confidence").textContent = `${Math.floor(100 * item.confidence)}%`;
  get("label").textContent = item.labelled ? item.label || "not in the photo" : "none (test row)";
  get("row").textContent = `${item.source}, row ${item.source_row}`;
  get("accepted").disabled = !item.prediction;
  get("kept").disabled = !item.labelled;
  drawMarks(marks, item.width, item.height, item.choices.map((choice) => ({ box: choice.box, name: choice.text, kind: choice.text === item.prediction ? "answer" : "other" })));
  get("choices").replaceChildren(...item.choices.map(choiceButton));
  get("unit").replaceChildren(...item.units.map((unit) => new Option(unit, unit)));
  const guess = /^(\S+) (.+)$/.exec(item.prediction || item.label);
  if (guess && item.units.includes(guess[2])) get("unit").value = guess[2];
  get("value").value = guess && Number(guess[1]) ? Number(guess[1]) : "";
  document.activeElement.blur();
}

function choiceButton(choice, number) {
  const button = document.createElement("button");
  const key = document.createElement("kbd");
  key.textContent = number + 1;
  button.dataset.key = number + 1;
  button.append(key, ` ${choice.text}`);
  button.title = choice.words;
  button.addEventListener("click", () => decide("corrected", choice.text));
  for (const name of ["pointerenter", "focus"]) button.addEventListener(name, () => highlight(marks, choice.text));
  for (const name of ["pointerleave", "blur"]) button.addEventListener(name, () => highlight(marks, ""));
  return button;
}
