// The page for reviewing rows. Text from the server is never set as HTML.
import { call } from "./call.js";
import { named, percent } from "./format.js";
import { createViewer } from "./viewer.js";

const get = (id) => document.getElementById(id);
const who = get("who");
const filters = get("filters");
const viewer = createViewer(get("photo"));
const VERDICTS = ["accepted", "kept", "absent", "skipped"];
const FILTERS = ["entity", "part", "low", "high"];
let reviewer = who.dataset.reviewer || localStorage.getItem("reviewer") || "";
let item = null;
let busy = false; // one decision at a time, even if keys are pressed quickly

const asked = new URLSearchParams(location.search);
for (const name of FILTERS) filters.elements[name].value = asked.get(name) ?? "";
if (reviewer) start();
else who.hidden = false;

who.addEventListener("submit", (event) => {
  event.preventDefault();
  reviewer = get("name").value.trim();
  localStorage.setItem("reviewer", reviewer);
  start();
});
filters.addEventListener("submit", (event) => event.preventDefault());
filters.addEventListener("change", filter);
filters.addEventListener("reset", () => setTimeout(filter));
for (const verdict of VERDICTS) get(verdict).addEventListener("click", () => decide(verdict));
get("undo").addEventListener("click", undo);
get("zoom").addEventListener("click", () => viewer.zoom(item?.choices[0]?.box ?? null));
get("whole").addEventListener("click", () => viewer.zoom(null));
get("correct").addEventListener("submit", (event) => {
  event.preventDefault();
  decide("corrected", `${get("value").value} ${get("unit").value}`);
});
document.addEventListener("keydown", press);

function start() {
  who.hidden = true;
  get("review").hidden = false;
  // A link to a row shows it first, decided or not.
  const [source, row] = [asked.get("source"), asked.get("row")];
  if (source && row) request("row", "", { source, source_row: row });
  else request("next");
}

function selected() {
  return Object.fromEntries(FILTERS.map((name) => [name, filters.elements[name].value]).filter(([, value]) => value));
}

function filter() {
  history.replaceState(null, "", `?${new URLSearchParams(selected())}`);
  request("next");
}

function press(event) {
  if (event.key === "Escape") document.activeElement.blur();
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (event.target.closest("input, select, textarea") || get("review").hidden) return;
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
  if (!item || item.decided) return;
  const { source, source_row } = item;
  const outcome = value || { accepted: item.prediction, kept: item.label || "no answer", absent: "not in the photo" }[verdict] || verdict;
  send("decisions", { reviewer, source, source_row, verdict, value }, `Row ${source_row}: ${outcome}`);
}

function undo() {
  const row = item?.decided?.reviewer === reviewer ? { source: item.source, source_row: item.source_row } : {};
  send("undo", { reviewer, ...row }, "Undone");
}

function request(path, done, query = {}) {
  return answered(path, { reviewer, ...query }, undefined, done);
}

function send(path, body, done) {
  return answered(path, {}, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }, done);
}

async function answered(path, query, options, done = "") {
  if (busy) return;
  busy = true;
  get("problem").hidden = true;
  try {
    show(await call(`/v1/review/${path}?${new URLSearchParams({ ...selected(), ...query })}`, options), done);
  } catch (error) {
    get("problem").textContent = error.message;
    get("problem").hidden = false;
    // Someone else was faster: go on with the next row.
    if (error.status === 409) await call(`/v1/review/next?${new URLSearchParams({ ...selected(), reviewer })}`).then((desk) => show(desk, ""), () => {});
  } finally {
    busy = false;
  }
}

function show(desk, message) {
  item = desk.item;
  reviewer = desk.reviewer;
  const { rows, decided, mine, others_looking } = desk.progress;
  get("progress").textContent = `${decided} of ${rows} rows decided, ${mine} by you`;
  get("reviewer").textContent = `${reviewer}${others_looking ? `; others are reviewing ${others_looking}` : ""}`;
  get("bar").max = Math.max(rows, 1);
  get("bar").value = decided;
  const none = Object.keys(selected()).length ? "No more rows match the filters." : "There are no more rows for you.";
  get("status").textContent = item ? message : [message, none].filter(Boolean).join(". ");
  get("item").hidden = !item;
  if (item) showItem();
}

function showItem() {
  const { entity, decided, choices, prediction, label } = item;
  viewer.zoom(null);
  get("shown").src = `/v1/review/photos/${item.sha256}`;
  get("shown").width = item.width;
  get("shown").height = item.height;
  get("dot").dataset.entity = entity;
  get("entity").textContent = named(entity);
  get("prediction").textContent = prediction || (item.part === "training" ? "not asked" : "none");
  get("confidence").textContent = item.part === "training" ? "–" : percent(item.confidence);
  get("label").textContent = (item.labelled ? label || "not in the photo" : "none (test row)") + (item.problem ? ` (unusable: ${item.problem})` : "");
  get("row").textContent = `${item.source}, row ${item.source_row}`;
  get("row").href = `/review?${new URLSearchParams({ source: item.source, row: item.source_row })}`;
  get("part").textContent = item.part;
  get("decided").textContent = decided ? `${decided.value || "not in the photo"}, by ${decided.reviewer}` : "not yet";
  for (const name of VERDICTS) get(name).disabled = Boolean(decided);
  get("accepted").disabled ||= !prediction;
  get("kept").disabled ||= !item.labelled;
  get("zoom").disabled = choices.length === 0;
  // Other quantities have the key that chooses them.
  viewer.show(item.width, item.height, choices.map((choice, number) => {
    const answer = choice.text === prediction;
    return { box: choice.box, entity, key: choice.text, label: answer ? `${named(entity)} ${choice.text}` : `${number + 1}`, kind: answer ? "answer" : "other" };
  }));
  get("choices").replaceChildren(...choices.map(choiceButton));
  get("unit").replaceChildren(...item.units.map((unit) => new Option(unit, unit)));
  const guess = /^(\S+) (.+)$/.exec(prediction || label);
  if (guess && item.units.includes(guess[2])) get("unit").value = guess[2];
  get("value").value = guess && Number(guess[1]) ? Number(guess[1]) : "";
  for (const field of get("correct").elements) field.disabled = Boolean(decided);
  document.activeElement.blur();
}

function choiceButton(choice, number) {
  const button = document.createElement("button");
  const key = document.createElement("kbd");
  key.textContent = number + 1;
  button.dataset.key = number + 1;
  button.disabled = Boolean(item.decided);
  button.append(key, ` ${choice.text}`);
  button.title = choice.words;
  button.addEventListener("click", () => decide("corrected", choice.text));
  for (const name of ["pointerenter", "focus"]) button.addEventListener(name, () => viewer.highlight(choice.text));
  for (const name of ["pointerleave", "blur"]) button.addEventListener(name, () => viewer.highlight(""));
  return button;
}
