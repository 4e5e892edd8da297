// Answers as cards. Text from the server is never set as HTML.
import { call } from "./call.js";
import { named, percent } from "./format.js";

const UNITS = JSON.parse(document.getElementById("units").textContent);


// `shown` is what the card shows: the answer or, once clicked, an alternative. `changed` is told after each change.
export function createCard(prediction, { changed, zoom, failed }) {
  const card = document.getElementById("card").content.cloneNode(true).firstElementChild;
  const find = (name) => card.querySelector(`.${name}`);
  const { entity } = prediction;
  const quantities = [...(prediction.text ? [prediction] : []), ...prediction.alternatives];
  const unit = find("unit");
  card.dataset.entity = entity;
  card.tabIndex = -1;
  find("entity").textContent = named(entity);
  find("others").setAttribute("aria-label", `Quantities read for the ${named(entity)}`);
  unit.setAttribute("aria-label", `Unit of the ${named(entity)}`);
  unit.append(...UNITS[entity].map((name) => new Option(name)));
  const buttons = quantities.map(choice);
  if (quantities.length > 1) find("others").append(...buttons);
  unit.addEventListener("change", convert);
  find("zoom").addEventListener("click", () => zoom(card.shown.box));
  select(0);

  function choice(quantity, place) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = quantity.text;
    const share = document.createElement("span");
    share.textContent = percent(quantity.confidence);
    button.append(" ", share);
    button.addEventListener("click", () => select(place));
    return button;
  }

  function select(place) {
    const quantity = quantities[place];
    card.shown = quantity;
    unit.value = quantity.unit;
    find("value").textContent = quantity.text.split(" ")[0];
    find("percent").textContent = percent(quantity.confidence);
    const meter = find("meter");
    meter.setAttribute("aria-valuenow", Math.floor(100 * quantity.confidence));
    meter.setAttribute("aria-label", `Confidence ${percent(quantity.confidence)}`);
    meter.firstElementChild.style.width = `${100 * quantity.confidence}%`;
    card.querySelector("q").textContent = quantity.words;
    const range = find("range");
    range.hidden = !quantity.printed;
    range.textContent = quantity.printed;
    const tag = find("tag");
    tag.textContent = prediction.text ? "alternative" : prediction.reason;
    tag.hidden = quantity === prediction;
    buttons.forEach((button, number) => button.setAttribute("aria-pressed", number === place));
    changed();
  }

  async function convert() {
    const { text, unit: from } = card.shown;
    try {
      const query = new URLSearchParams({ value: text.split(" ")[0], unit: from, to: unit.value });
      const converted = await call(`/v1/convert?${query}`);
      if (converted.unit === unit.value) find("value").textContent = converted.text.split(" ")[0];
    } catch (error) {
      unit.value = from;
      failed(error);
    }
  }

  return card;
}
