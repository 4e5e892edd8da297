// How values are shown to people.
export const named = (entity) => entity.replaceAll("_", " ");
// Never rounded up to 100% nor down to nothing.
export const percent = (confidence) => (confidence > 0 && confidence < 0.01 ? "<1%" : `${Math.floor(100 * confidence)}%`);
