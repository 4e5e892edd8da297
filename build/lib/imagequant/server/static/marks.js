// Boxes on a photo, as an SVG overlay in the upright photo's pixels.

const SVG = "http://www.w3.org/2000/svg";

export function drawMarks(svg, width, height, marks) {
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  const side = Math.max(width, height);
  // A light halo keeps boxes visible on dark photos.
  svg.replaceChildren(...marks.flatMap((mark) => [drawMark(mark, "halo", side), drawMark(mark, mark.kind, side)]));
}

function drawMark({ box, name }, kind, side) {
  // The margin keeps the line from covering the text.
  const margin = side / 250;
  const rect = document.createElementNS(SVG, "rect");
  rect.setAttribute("x", box.x0 - margin);
  rect.setAttribute("y", box.y0 - margin);
  rect.setAttribute("width", box.x1 - box.x0 + 2 * margin);
  rect.setAttribute("height", box.y1 - box.y0 + 2 * margin);
  rect.dataset.name = name;
  rect.classList.add(kind);
  const title = document.createElementNS(SVG, "title");
  title.textContent = name;
  rect.append(title);
  return rect;
}

export function highlight(svg, name) {
  for (const rect of svg.querySelectorAll("rect:not(.halo)")) rect.classList.toggle("chosen", rect.dataset.name === name);
}
