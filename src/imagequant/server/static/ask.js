// The page for questions about photos. Text from the server is never set as HTML.
import { Refused, call, copy } from "./call.js";
import { createCard } from "./cards.js";
import { named } from "./format.js";
import { createViewer } from "./viewer.js";

const get = (id) => document.getElementById(id);
const form = get("ask");
const photos = get("photos");
const drop = get("drop");
const results = get("results");
const AT_ONCE = 4; // requests; the server queues more, but this page need not
const TRIES = 20; // while the server is busy
const waiting = [];
let running = 0;

form.addEventListener("submit", (event) => event.preventDefault());
photos.addEventListener("change", () => {
  take(photos.files);
  photos.value = ""; // so that the same photo can be chosen again
});
for (const name of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(name, (event) => {
    event.preventDefault();
    drop.classList.toggle("over", name === "dragover");
    if (name === "drop") take(event.dataTransfer.files);
  });
}
document.addEventListener("paste", (event) => take(event.clipboardData.files));
for (const button of document.querySelectorAll(".sample")) button.addEventListener("click", () => sample(button));
get("copy-all").addEventListener("click", (event) => {
  const answers = [...results.children].map((each) => each.answer).filter(Boolean);
  copy(JSON.stringify(answers, null, 2), event.currentTarget);
});

async function sample(button) {
  const response = await fetch(`/static/${button.dataset.file}`);
  take([new File([await response.blob()], button.dataset.file, { type: "image/jpeg" })]);
}

function take(files) {
  const added = [...files].map(createResult);
  if (added.length === 0) return;
  get("samples").hidden = true;
  results.prepend(...added);
  waiting.push(...added);
  added[0].scrollIntoView({ block: "nearest" });
  next();
}

function next() {
  while (running < AT_ONCE && waiting.length > 0) {
    running += 1;
    waiting.shift().read().finally(() => {
      running -= 1;
      next();
    });
  }
  summarise();
}

function summarise() {
  const all = [...results.children];
  const done = all.filter((each) => each.done).length;
  const failed = all.filter((each) => each.failed).length;
  get("summary").hidden = all.length === 0;
  get("samples").hidden = all.length > 0;
  get("copy-all").hidden = all.filter((each) => each.answer).length < 2;
  get("status").textContent = done < all.length ? `Reading: ${done} of ${all.length} photos done` : all.length === 1 ? all[0].said : `${all.length - failed} ${all.length - failed === 1 ? "photo" : "photos"} read${failed ? `, ${failed} could not be read` : ""}`;
}

function createResult(file) {
  const result = get("result").content.cloneNode(true).firstElementChild;
  const find = (name) => result.querySelector(`.${name}`);
  const everyProduct = form.querySelector("input[name=products]").checked;
  const entities = [...form.querySelectorAll("input[name=entity]:checked")].map((box) => box.value);
  const image = result.querySelector("img");
  const viewer = createViewer(find("photo"), { pick: (key) => result.querySelector(`.card[data-entity="${key}"]`)?.focus() });
  // What the server reads, browsers may not show: HEIC in most of them, and what is no photo.
  image.addEventListener("error", () => {
    find("photo").hidden = true;
    result.classList.add("unseen");
  });
  image.src = URL.createObjectURL(file);
  image.alt = file.name;
  find("photo").setAttribute("aria-label", `Photo ${file.name}`);
  find("name").textContent = file.name;
  find("remove").addEventListener("click", () => {
    URL.revokeObjectURL(image.src);
    result.remove();
    summarise();
  });
  find("copy").addEventListener("click", (event) => copy(JSON.stringify(result.answer, null, 2), event.currentTarget));
  find("whole").addEventListener("click", () => zoom(null));
  find("show-guesses").addEventListener("click", (event) => {
    const shown = event.currentTarget.getAttribute("aria-expanded") === "false";
    event.currentTarget.setAttribute("aria-expanded", shown);
    event.currentTarget.textContent = event.currentTarget.textContent.replace(/^\w+/, shown ? "Hide" : "Show");
    find("guesses").hidden = !shown;
    draw();
  });

  result.read = async () => {
    if (!result.isConnected) return;
    const body = new FormData();
    body.append("photo", file);
    for (const entity of entities) body.append("entity", entity);
    if (everyProduct) body.append("products", "all");
    try {
      show(await patiently(body));
    } catch (error) {
      fail(error);
    }
    result.done = true;
    find("waiting").hidden = true;
  };

  async function patiently(body) {
    for (let left = TRIES; ; left--) {
      try {
        return await call("/v1/predict", { method: "POST", body });
      } catch (error) {
        if (!(error instanceof Refused) || error.status !== 503 || left === 0 || !result.isConnected) throw error;
        find("waits").textContent = `The server is busy; trying again in ${error.retryAfter} s …`;
        await new Promise((resolve) => setTimeout(resolve, 1000 * error.retryAfter));
        find("waits").textContent = "Reading …";
      }
    }
  }

  function fail(error) {
    find("problem").textContent = error.message;
    find("problem").hidden = false;
    result.failed = true;
    result.said = `${file.name} could not be read`;
  }

  function show(answer) {
    result.answer = answer;
    const cards = (some) => some.map((each) => track(createCard(each, { changed: draw, zoom, failed: fail })));
    const found = answer.predictions.filter((each) => each.text);
    const unsure = answer.predictions.filter((each) => !each.text && each.alternatives.length > 0);
    find("found").append(...cards(found));
    find("guesses").append(...cards(unsure));
    if (answer.products.length > 1) fillProducts(find("products"), answer.products, zoom);
    find("show-guesses").hidden = unsure.length === 0;
    find("show-guesses").textContent = unsure.length === 1 ? "Show the guess" : `Show ${unsure.length} guesses`;
    find("missing").hidden = found.length === answer.predictions.length;
    find("missing").textContent = `Not found: ${missing(answer.predictions)}.`;
    find("notice").hidden = !answer.warning;
    find("notice").textContent = answer.warning;
    find("model").hidden = false;
    find("model").textContent = `${answer.width} × ${answer.height} pixels, read by model ${answer.model.name} ${answer.model.version}`;
    find("copy").hidden = false;
    result.said = `${found.length} of ${answer.predictions.length} found on ${file.name}`;
    draw();
  }

  function track(card) {
    for (const name of ["pointerenter", "focusin"]) card.addEventListener(name, () => viewer.highlight(card.dataset.entity));
    for (const name of ["pointerleave", "focusout"]) card.addEventListener(name, () => viewer.highlight(""));
    return card;
  }

  function draw() {
    if (!result.answer) return;
    const { width, height, predictions } = result.answer;
    const shown = [...result.querySelectorAll("ul:not([hidden]) > .card")];
    const marks = shown.map((card) => ({
      box: card.shown.box, entity: card.dataset.entity, key: card.dataset.entity,
      label: `${named(card.dataset.entity)} ${card.shown.text}`, kind: "answer",
    }));
    viewer.show(width, height, marks, predictions.flatMap((each) => each.alternatives.map((other) => other.box)));
  }

  function zoom(box) {
    viewer.zoom(box);
    find("whole").hidden = !box;
    if (box) find("photo").scrollIntoView({ block: "nearest" });
  }

  return result;
}

// A row per product, a column per entity that is answered for any of them.
function fillProducts(section, products, zoom) {
  const answered = products.flatMap((each) => each.predictions.filter(({ text }) => text));
  const entities = [...new Set(answered.map(({ entity }) => entity))];
  section.querySelector("h3").textContent = `${products.length} products`;
  section.querySelector("thead tr").append(...["product", ...entities.map(named)].map((text) => cell("th", text)));
  section.querySelector("tbody").append(...products.map((product, place) => {
    const row = document.createElement("tr");
    const button = cell("button", product.name || `product ${place + 1}`);
    button.type = "button";
    button.className = "quiet";
    button.addEventListener("click", () => zoom(product.box));
    const head = cell("th", "");
    head.append(button);
    const texts = entities.map((entity) => product.predictions.find((each) => each.entity === entity).text);
    row.append(head, ...texts.map((text) => cell("td", text)));
    return row;
  }));
  section.hidden = false;
}

function cell(tag, text) {
  const element = document.createElement(tag);
  element.textContent = text;
  return element;
}

// "depth, voltage (no quantity of this kind); height (too unsure)"
function missing(predictions) {
  const reasons = new Map();
  for (const { text, reason, entity } of predictions)
    if (!text) reasons.set(reason, [...(reasons.get(reason) ?? []), named(entity)]);
  return [...reasons].map(([reason, entities]) => `${entities.join(", ")} (${reason})`).join("; ");
}
