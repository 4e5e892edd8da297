// The error browser: filters, pages, frames. Text of strangers becomes text nodes and attributes, never markup.
"use strict";
(() => {
  const SVG = "http://www.w3.org/2000/svg";
  const PAGE = 48;
  const byId = (id) => document.getElementById(id);
  const form = byId("filters");
  const cards = byId("cards");
  const detail = byId("detail");
  const rows = JSON.parse(byId("rows").textContent);
  const NAMES = ["entity", "bucket", "unit", "from", "to", "text", "order"];
  // Where `imagequant serve --review` listens, if this is a file; else this is a page of that server.
  const REVIEW = location.protocol.startsWith("http") ? "" : "http://127.0.0.1:8000";
  for (const row of rows) {
    row.origin = `${row.source}, row ${row.row}`;
    row.found = [row.label, row.answer, row.link, row.origin].join("\n").toLowerCase();
  }

  let shown = [];
  let first = 0;
  let opened = 0;

  function element(name, options = {}, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(options)) {
      if (key === "class") made.className = value;
      else if (key === "text") made.textContent = value;
      else made.setAttribute(key, value);
    }
    made.append(...children);
    return made;
  }

  function shape(name, attributes, ...children) {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  }

  function offer(select, counts) {
    for (const [name, count] of [...counts].sort((a, b) => (a[0] < b[0] ? -1 : 1)))
      select.append(element("option", { value: name, text: `${name} (${count})` }));
  }

  function counted(values) {
    const counts = new Map();
    for (const value of values) counts.set(value, (counts.get(value) || 0) + 1);
    return counts;
  }

  // A photo is parsed when a row shows it: all of them at once would take seconds.
  function photo(row) {
    const found = byId(`photo-${row.photo}`);
    return found ? JSON.parse(found.textContent) : { width: 4, height: 3, words: [], image: "" };
  }

  function kind(row, place) {
    if (row.choices[place][2]) return place === 0 && row.answer ? "right" : "truth";
    return place === 0 && row.answer ? "wrong" : "other";
  }

  function frame(box, attributes) {
    const [x0, y0, x1, y1] = box;
    return shape("rect", { x: x0, y: y0, width: Math.max(x1 - x0, 1), height: Math.max(y1 - y0, 1), ...attributes });
  }

  function word([text, x0, y0, x1, y1, angle]) {
    const box = [x0, y0, x1, y1];
    const upright = angle % 180 !== 90;
    const long = Math.max(upright ? x1 - x0 : y1 - y0, 1);
    const high = Math.max(upright ? y1 - y0 : x1 - x0, 1);
    const [x, y] = [(x0 + x1) / 2, (y0 + y1) / 2];
    const print = shape("text", {
      x, y, "font-size": high * 0.8, "text-anchor": "middle", "dominant-baseline": "central",
      textLength: long, lengthAdjust: "spacingAndGlyphs", transform: `rotate(${angle} ${x} ${y})`,
    }, text);
    return shape("g", { class: "word" }, shape("title", {}, text), frame(box, { class: "back" }), frame(box, {}), print);
  }

  function named(entity) {
    return entity.replaceAll("_", " ");
  }

  // A label beside a frame: above it, or below if there is no room; `high` is the height of its print.
  function label(text, [x0, y0, , y1], read, high) {
    const wide = (text.length * 0.56 + 0.8) * high;
    const x = Math.max(0, Math.min(x0, read.width - wide));
    const y = y0 > 1.5 * high ? y0 - 1.5 * high : Math.min(y1 + 0.2 * high, read.height - 1.3 * high);
    const print = shape("text", { x: x + 0.4 * high, y: y + high, "font-size": high, textLength: wide - 0.8 * high, lengthAdjust: "spacingAndGlyphs" }, text);
    return shape("g", { class: "label" }, shape("rect", { x, y, width: wide, height: 1.3 * high }), print);
  }

  // `share` of the photo's longer side: the height of the labels' print.
  function marks(row, read, share) {
    // Beside the print, not through it.
    const room = Math.max(read.width, read.height) * 0.008;
    const wide = ([x0, y0, x1, y1]) => [x0 - room, y0 - room, x1 + room, y1 + room];
    const group = shape("g", { class: "marks", "aria-hidden": "true", "data-entity": row.entity }, ...read.words.map(word));
    const labels = [];
    const places = row.choices.map((_, place) => place);
    // What was answered lies above the rest.
    for (const place of places.reverse())
      for (const [number, box] of row.choices[place][3].entries()) {
        const which = kind(row, place);
        const around = wide(box);
        if (which !== "other") group.append(frame(around, { class: "halo" }));
        group.append(frame(around, { class: `choice ${which}`, "data-place": place }));
        if (which !== "other" && number === 0)
          labels.push(label(which === "truth" ? `label ${row.choices[place][0]}` : `${named(row.entity)} ${row.choices[place][0]}`, around, read, share * Math.max(read.width, read.height)));
      }
    group.append(...labels);
    return group;
  }

  function picture(row) {
    const read = photo(row);
    const drawn = shape("svg", { viewBox: `0 0 ${read.width} ${read.height}`, role: "img" });
    const size = { width: read.width, height: read.height };
    drawn.setAttribute("aria-label", read.image ? "the photo" : "no picture of this photo in the report");
    drawn.append(read.image ? shape("image", { ...size, href: read.image }) : shape("rect", { ...size, class: "blank" }));
    return { drawn, read };
  }

  // Hundreds of words a photo: frames are made when a row is first pointed at.
  function mark(holder, row, share = 0.06) {
    if (!holder.querySelector(".marks")) holder.querySelector("svg").append(marks(row, photo(row), share));
  }

  function choices(row, holder) {
    const list = element("ol", { class: "choices", "data-entity": row.entity, "aria-label": "candidates and their confidence" });
    row.choices.forEach(([text, confidence, right], place) => {
      const note = right ? " = label" : "";
      const item = element("li", { class: kind(row, place) },
        element("span", { text: text + note }), element("span", { text: confidence.toFixed(3) }));
      const point = (on) => () => {
        mark(holder, row);
        for (const box of holder.querySelectorAll(`[data-place="${place}"]`)) box.classList.toggle("pointed", on);
      };
      item.addEventListener("pointerenter", point(true));
      item.addEventListener("pointerleave", point(false));
      list.append(item);
    });
    return list;
  }

  function facts(row, holder) {
    const good = row.bucket === "right";
    const about = element("dl", {},
      element("dt", { text: "label" }), element("dd", { class: "text-truth", text: row.label || "not on the photo" }),
      element("dt", { text: "answer" }),
      element("dd", { class: good ? "text-right" : "text-wrong", text: row.answer || "no answer" }));
    return [about, choices(row, holder), element("p", { class: "origin", text: row.origin }), links(row)];
  }

  function links(row) {
    const key = new URLSearchParams({ source: row.source, row: row.row });
    return element("p", { class: "links" },
      element("a", { class: "to-row", href: `#${key}`, text: "Link", "aria-label": "Link to this row" }),
      element("a", { class: "correct", href: `${REVIEW}/review?${key}`, text: "Correct this label" }));
  }

  // Long names of entities break at their underscores.
  function broken(entity) {
    return entity.split("_").flatMap((part, number) => (number ? ["_", element("wbr"), part] : [part]));
  }

  function card(row, place) {
    const { drawn } = picture(row);
    const holder = element("div", { class: "photo" }, drawn);
    const title = element("h3", { "data-entity": row.entity }, element("span", { class: "dot" }), ...broken(row.entity), " ", element("span", { class: "tag", text: row.bucket }));
    const made = element("article", {
      class: "card", tabindex: "0", "data-place": place,
      "aria-label": `${row.entity}: label ${row.label || "none"}, answer ${row.answer || "none"}, ${row.bucket}`,
    }, holder, element("div", { class: "facts" }, title, ...facts(row, holder)));
    made.addEventListener("pointerenter", () => mark(holder, row));
    made.addEventListener("focusin", () => mark(holder, row));
    made.addEventListener("click", (event) => { if (!event.target.closest("a")) open(place); });
    return made;
  }

  function link(row) {
    const web = /^https?:\/\//i.test(row.link);
    const shownAs = web ? element("a", { href: row.link, rel: "noreferrer noopener", target: "_blank" }) : element("span");
    shownAs.textContent = row.link;
    return element("p", { class: "origin" }, shownAs);
  }

  function open(place) {
    opened = place;
    const row = shown[place];
    const holder = byId("detail-photo");
    const { drawn, read } = picture(row);
    holder.replaceChildren(drawn);
    holder.classList.add("photo");
    mark(holder, row, 0.022);
    byId("detail-title").textContent = `${row.entity}: ${row.bucket} (${place + 1} of ${shown.length})`;
    byId("detail-facts").replaceChildren(...facts(row, holder), link(row), element("h3", { text: "Words read" }),
      element("p", { class: "read", text: read.words.map((one) => one[0]).join(" · ") || "none" }));
    byId("before").disabled = place === 0;
    byId("after").disabled = place === shown.length - 1;
    layers();
    if (!detail.open) detail.showModal();
    remember({ source: row.source, row: row.row });
  }

  function layers() {
    byId("detail-photo").classList.toggle("marked", byId("show-boxes").checked);
    byId("detail-photo").classList.toggle("spoken", byId("show-words").checked);
  }

  function close() {
    remember();
    if (opened < first || opened >= first + PAGE) turn(opened - (opened % PAGE));
    const back = cards.querySelector(`.card[data-place="${opened}"]`);
    if (back) back.focus();
  }

  function wanted(filter) {
    const from = filter.from === "" ? 0 : Number(filter.from);
    const to = filter.to === "" ? 1 : Number(filter.to);
    const text = filter.text.trim().toLowerCase();
    return (row) =>
      (!filter.entity || row.entity === filter.entity) &&
      (filter.bucket === "*" || (filter.bucket ? row.bucket === filter.bucket : row.bucket !== "right")) &&
      (!filter.unit || row.units.includes(filter.unit)) &&
      row.confidence >= from && row.confidence <= to &&
      (!text || row.found.includes(text));
  }

  function filters() {
    return Object.fromEntries(NAMES.map((name) => [name, form.elements[name].value]));
  }

  // The address keeps the filters, and the row that is open.
  function remember(row = {}) {
    const kept = Object.entries({ ...filters(), ...row }).filter(([, value]) => value !== "");
    history.replaceState(null, "", `#${new URLSearchParams(kept)}`);
  }

  function apply() {
    const filter = filters();
    shown = rows.filter(wanted(filter));
    if (filter.order === "surest") shown.sort((a, b) => b.confidence - a.confidence);
    if (filter.order === "unsure") shown.sort((a, b) => a.confidence - b.confidence);
    turn(0);
    remember();
  }

  function turn(place) {
    first = place;
    cards.replaceChildren(...shown.slice(first, first + PAGE).map((row, number) => card(row, first + number)));
    const last = Math.min(first + PAGE, shown.length);
    const rowsNamed = `${shown.length} of ${rows.length} rows`;
    byId("count").textContent = shown.length ? `${rowsNamed}, ${first + 1} to ${last} shown` : `${rowsNamed}: none is so`;
    byId("pages").hidden = shown.length <= PAGE;
    byId("page").textContent = `Page ${first / PAGE + 1} of ${Math.ceil(shown.length / PAGE)}`;
    byId("previous").disabled = first === 0;
    byId("next").disabled = last === shown.length;
  }

  function page(by) {
    turn(first + by * PAGE);
    byId("browser").scrollIntoView();
    const top = cards.querySelector(".card");
    if (top) top.focus({ preventScroll: true });
  }

  // A link to a filter or a row, from a table above or from somebody else.
  function follow() {
    const asked = new URLSearchParams(location.hash.slice(1));
    const names = NAMES.some((name) => asked.has(name));
    if (!names && !asked.has("row")) return false;
    if (names) for (const name of NAMES) form.elements[name].value = asked.get(name) || "";
    for (const select of form.querySelectorAll("select")) if (select.selectedIndex < 0) select.value = "";
    apply();
    if (asked.has("row")) openLinked(asked.get("source"), Number(asked.get("row")));
    return true;
  }

  function openLinked(source, number) {
    const is = (row) => row.source === source && row.row === number;
    if (!shown.some(is)) {
      for (const name of NAMES) form.elements[name].value = name === "bucket" ? "*" : "";
      apply();
    }
    const place = shown.findIndex(is);
    if (place >= 0) open(place);
    else byId("count").textContent = `${source}, row ${number} is not among the rows of this report.`;
  }

  // The rows that match the filters, in their order. Spreadsheets must not take strangers' text for formulas.
  function exportRows() {
    const names = ["source", "row", "entity", "bucket", "label", "answer", "confidence", "link"];
    const cell = (value) => `"${String(value).replace(/^[=+\-@\t\r]/, "'$&").replaceAll('"', '""')}"`;
    const lines = [names, ...shown.map((row) => names.map((name) => row[name]))].map((line) => line.map(cell).join(","));
    const url = URL.createObjectURL(new Blob([`${lines.join("\r\n")}\r\n`], { type: "text/csv" }));
    element("a", { href: url, download: "imagequant-rows.csv" }).click();
    setTimeout(() => URL.revokeObjectURL(url), 1000);
  }

  const counts = JSON.parse(byId("counts").textContent);
  const slider = byId("threshold");

  function slide() {
    const { answerable, answered, right, missed } = counts[byId("threshold-entity").value];
    const at = Number(slider.value);
    const share = (part, whole) => (whole ? (part / whole).toFixed(3) : "–");
    byId("least").textContent = (at / Number(slider.max)).toFixed(2);
    byId("at-precision").textContent = share(right[at], answered[at]);
    byId("at-coverage").textContent = share(answered[at], answerable);
    byId("at-f1").textContent = share(2 * right[at], answered[at] + right[at] + missed[at]);
    byId("at-answers").textContent = `${answered[at]}, ${right[at]}`;
  }

  function step(event) {
    const by = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    const current = event.target.closest(".card");
    if (!current || event.target.closest("a") || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Enter") open(Number(current.dataset.place));
    else if (by) {
      const next = by > 0 ? current.nextElementSibling : current.previousElementSibling;
      if (next) next.focus();
    } else return;
    event.preventDefault();
  }

  offer(form.elements.entity, counted(rows.map((row) => row.entity)));
  offer(form.elements.bucket, counted(rows.map((row) => row.bucket)));
  offer(form.elements.unit, counted(rows.flatMap((row) => row.units)));
  form.hidden = false;
  byId("export").hidden = rows.length === 0;
  byId("thresholds").hidden = rows.length === 0;
  byId("threshold-entity").append(...Object.keys(counts).filter(Boolean).map((name) => element("option", { value: name, text: name })));
  slider.addEventListener("input", slide);
  byId("threshold-entity").addEventListener("change", slide);
  byId("model-threshold").addEventListener("click", () => {
    slider.value = Math.round(Number(slider.dataset.model) * Number(slider.max));
    slide();
  });
  if (rows.length) slide();
  byId("export").addEventListener("click", exportRows);
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(apply));
  cards.addEventListener("keydown", step);
  byId("previous").addEventListener("click", () => page(-1));
  byId("next").addEventListener("click", () => page(1));
  byId("before").addEventListener("click", () => open(opened - 1));
  byId("after").addEventListener("click", () => open(opened + 1));
  byId("close").addEventListener("click", () => detail.close());
  byId("show-boxes").addEventListener("change", layers);
  byId("show-words").addEventListener("change", layers);
  detail.addEventListener("close", close);
  detail.addEventListener("keydown", (event) => {
    if (event.key === "ArrowLeft" && opened > 0) open(opened - 1);
    if (event.key === "ArrowRight" && opened < shown.length - 1) open(opened + 1);
  });
  window.addEventListener("hashchange", () => { if (follow()) byId("browser").scrollIntoView(); });
  if (!follow()) apply();
})();
