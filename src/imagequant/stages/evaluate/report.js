// The error browser: filters, pages, links. Text of strangers becomes text nodes and attributes, never markup.
"use strict";
(() => {
  const PAGE = 48;
  const { byId, element, kind, mark, photo, picture } = drawing;
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

  function offer(select, counts) {
    for (const [name, count] of [...counts].sort((a, b) => (a[0] < b[0] ? -1 : 1)))
      select.append(element("option", { value: name, text: `${name} (${count})` }));
  }

  function counted(values) {
    const counts = new Map();
    for (const value of values) counts.set(value, (counts.get(value) || 0) + 1);
    return counts;
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
