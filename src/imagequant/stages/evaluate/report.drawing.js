// Photos with frames around what was read. Text of strangers becomes text nodes and attributes, never markup.
"use strict";
const drawing = (() => {
  const SVG = "http://www.w3.org/2000/svg";
  const byId = (id) => document.getElementById(id);

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

  return { byId, element, kind, mark, photo, picture };
})();
