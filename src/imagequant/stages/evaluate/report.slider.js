// The slider: precision, coverage and F1 if answers needed another confidence.
"use strict";
(() => {
  const { byId, element } = drawing;
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

  byId("thresholds").hidden = !counts[""];
  byId("threshold-entity").append(...Object.keys(counts).filter(Boolean).map((name) => element("option", { value: name, text: name })));
  slider.addEventListener("input", slide);
  byId("threshold-entity").addEventListener("change", slide);
  byId("model-threshold").addEventListener("click", () => {
    slider.value = Math.round(Number(slider.dataset.model) * Number(slider.max));
    slide();
  });
  if (counts[""]) slide();
})();
