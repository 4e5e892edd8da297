// The API page: each form sends its request and shows it as a command. Text from the server is never set as HTML.
import { copy } from "./call.js";

for (const operation of document.querySelectorAll(".operation")) {
  const form = operation.querySelector("form");
  const command = operation.querySelector(".command");
  const write = () => { command.textContent = curl(requested(operation)); };
  form.addEventListener("input", write);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(operation);
  });
  operation.querySelector(".copy").addEventListener("click", (event) => copy(command.textContent, event.currentTarget));
  write();
}

// What the form says: method, address, and the parts of the body as pairs of name and value.
function requested(operation) {
  const { method, path } = operation.dataset;
  const asked = { method: method.toUpperCase(), path, query: new URLSearchParams(), form: [], json: null, file: null };
  for (const field of operation.querySelectorAll(".field")) {
    const { name, where, kind } = field.dataset;
    const input = field.querySelector("input, select");
    if (where === "json") asked.json ??= {};
    if (input.type === "file") asked.file = name;
    for (const value of values(input)) {
      if (where === "path") asked.path = asked.path.replace(`{${name}}`, encodeURIComponent(value));
      else if (where === "query") asked.query.append(name, value);
      else if (where === "form") asked.form.push([name, value]);
      else asked.json[name] = kind === "number" ? Number(value) : value;
    }
  }
  return asked;
}

function values(input) {
  if (input.type === "file") return [...input.files];
  if (input.multiple) return [...input.selectedOptions].map((option) => option.value);
  return input.value === "" ? [] : [input.value];
}

function address({ path, query }) {
  return path + (query.size ? `?${query}` : "");
}

function curl(asked) {
  const parts = ["curl", quoted(location.origin + address(asked))];
  const form = asked.form.length || !asked.file ? asked.form : [[asked.file, new File([], "photo.jpg")]];
  for (const [name, value] of form) parts.push("-F", quoted(`${name}=${value instanceof File ? `@${value.name}` : value}`));
  if (asked.json) parts.push("-H", quoted("Content-Type: application/json"), "-d", quoted(JSON.stringify(asked.json)));
  return parts.join(" ");
}

function quoted(text) {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

async function send(operation) {
  const asked = requested(operation);
  const outcome = operation.querySelector(".outcome");
  const shown = operation.querySelector(".answer pre");
  operation.querySelector(".answer").hidden = false;
  outcome.className = "outcome";
  outcome.textContent = "Waiting …";
  shown.textContent = "";
  try {
    const response = await fetch(address(asked), { method: asked.method, ...body(asked) });
    outcome.textContent = `${response.status} ${response.statusText}`;
    outcome.classList.add(response.ok ? "good" : "bad");
    shown.textContent = await readable(response);
  } catch {
    outcome.textContent = "The server cannot be reached.";
    outcome.classList.add("bad");
  }
}

function body({ method, form, json }) {
  if (method === "GET") return {};
  if (json) return { body: JSON.stringify(json), headers: { "Content-Type": "application/json" } };
  const data = new FormData();
  for (const [name, value] of form) data.append(name, value);
  return { body: data };
}

async function readable(response) {
  const kind = response.headers.get("Content-Type") ?? "";
  if (kind.startsWith("image/")) return `${kind}, ${(await response.blob()).size} bytes`;
  const text = await response.text();
  return kind.startsWith("application/json") ? JSON.stringify(JSON.parse(text), null, 2) : text;
}
