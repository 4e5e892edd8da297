// Boxes over a photo: an SVG that lies on the image, in the upright photo's own pixels.

const SVG = "http://www.w3.org/2000/svg";

export function drawMarks(svg, width, height, marks) {
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  const side = Math.max(width, height);
  // A light line under each, so that it shows on dark photos too.
  svg.replaceChildren(...marks.flatMap((mark) => [drawMark(mark, "halo", side), drawMark(mark, mark.kind, side)]));
}

function drawMark({ box, name }, kind, side) {
  // A margin, so that the line does not cover what it marks.
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
