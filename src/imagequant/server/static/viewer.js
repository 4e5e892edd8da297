// A photo with frames around what was read, labels beside them, and a zoom. Sizes are in the upright photo's pixels.

const LABEL_GAP = 2;
const MOST_ZOOM = 8;
const ZOOMED_SHARE = 0.4; // of the view, for what is zoomed to

// `figure` holds .canvas with an img and .marks. A mark has box, entity, key, label and kind ("answer" or "other").
export function createViewer(figure, { pick = () => {} } = {}) {
  const canvas = figure.querySelector(".canvas");
  const layer = figure.querySelector(".marks");
  let size = { width: 1, height: 1 };
  let drawn = [];
  let printed = []; // boxes that labels should not cover

  new ResizeObserver(arrange).observe(canvas);

  function show(width, height, marks, avoided = []) {
    size = { width, height };
    printed = avoided;
    canvas.style.setProperty("--aspect", width / height);
    canvas.style.setProperty("--natural", `${2 * width}px`);
    drawn = marks.map((mark) => ({ ...mark, ...elements(mark, pick) }));
    // Labels lie above all frames.
    layer.replaceChildren(...drawn.map((each) => each.frame), ...drawn.map((each) => each.label).filter(Boolean));
    arrange();
  }

  function arrange() {
    const scale = layer.clientWidth / size.width;
    if (!scale) return;
    const around = new Map(); // marks of the same box are nested
    for (const mark of drawn) {
      const { x0, y0, x1, y1 } = mark.box;
      const place = [x0, y0, x1, y1].join();
      const line = (around.get(place) ?? 0) + 3;
      around.set(place, line + 3);
      // Wider at the ends of the text: where a number begins within a line is known only roughly.
      const [along, across] = [0.3, 0.12].map((share) => line + Math.min(12, Math.max(3, share * scale * Math.min(x1 - x0, y1 - y0))));
      const [wide, high] = x1 - x0 >= y1 - y0 ? [along, across] : [across, along];
      mark.rect = { x: x0 * scale - wide, y: y0 * scale - high, width: (x1 - x0) * scale + 2 * wide, height: (y1 - y0) * scale + 2 * high };
      put(mark.frame, mark.rect);
    }
    const boxes = printed.map(({ x0, y0, x1, y1 }) => ({ x: x0 * scale, y: y0 * scale, width: (x1 - x0) * scale, height: (y1 - y0) * scale }));
    const taken = [...drawn.map((mark) => mark.rect), ...boxes];
    for (const { label, rect } of drawn) {
      if (!label) continue;
      const found = beside(rect, label.offsetWidth, label.offsetHeight, layer.clientWidth, layer.clientHeight, taken);
      label.style.left = `${found.x}px`;
      label.style.top = `${found.y}px`;
      taken.push(found);
    }
  }

  function highlight(key) {
    layer.classList.toggle("picked", Boolean(key));
    for (const { frame, label, key: own } of drawn)
      for (const each of [frame, label]) each?.classList.toggle("chosen", own === key);
  }

  // Without a box, the whole photo.
  function zoom(box) {
    // The view keeps its height, so that nothing else on the page moves.
    figure.style.height = box ? `${figure.offsetHeight}px` : "";
    canvas.style.setProperty("--zoom", 1);
    const base = layer.clientWidth;
    const wide = box ? (box.x1 - box.x0) * (base / size.width) : 1;
    const high = box ? (box.y1 - box.y0) * (base / size.width) : 1;
    const fitting = Math.min((ZOOMED_SHARE * figure.clientWidth) / wide, (ZOOMED_SHARE * figure.clientHeight) / high);
    if (!box) return arrange();
    canvas.style.setProperty("--zoom", Math.min(MOST_ZOOM, Math.max(1, fitting)));
    arrange();
    const scale = layer.clientWidth / size.width;
    figure.scrollTo(((box.x0 + box.x1) / 2) * scale - figure.clientWidth / 2, ((box.y0 + box.y1) / 2) * scale - figure.clientHeight / 2);
  }

  return { show, highlight, zoom };
}

function elements({ entity, key, label, kind }, pick) {
  const make = (name) => {
    const made = document.createElement("div");
    made.className = `${name} ${kind}`;
    made.dataset.entity = entity;
    made.dataset.key = key;
    made.addEventListener("click", () => pick(key));
    return made;
  };
  const frame = make("frame");
  if (!label) return { frame, label: null };
  const tag = make("label");
  tag.textContent = label;
  return { frame, label: tag };
}

function put(element, { x, y, width, height }) {
  element.style.left = `${x}px`;
  element.style.top = `${y}px`;
  element.style.width = `${width}px`;
  element.style.height = `${height}px`;
}

// The place beside a frame where a label covers least of the others; if equal, above it.
function beside(rect, width, height, most, deepest, taken) {
  const [right, below] = [rect.x + rect.width, rect.y + rect.height];
  const corners = [
    [rect.x, rect.y - height - LABEL_GAP], [right - width, rect.y - height - LABEL_GAP],
    [rect.x, below + LABEL_GAP], [right - width, below + LABEL_GAP],
    [right + LABEL_GAP, rect.y], [rect.x - width - LABEL_GAP, rect.y],
    [rect.x, rect.y - 2 * height - 2 * LABEL_GAP], [rect.x, below + height + 2 * LABEL_GAP],
  ];
  const places = corners.map(([x, y]) => ({
    x: Math.max(0, Math.min(x, most - width)), y: Math.max(0, Math.min(y, deepest - height)), width, height,
  }));
  const covered = (place) => taken.reduce((sum, other) => sum + overlap(place, other), 0);
  return places.reduce((best, place) => (covered(place) < covered(best) ? place : best));
}

function overlap(a, b) {
  const wide = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const high = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return wide > 0 && high > 0 ? wide * high : 0;
}
