// Requests to this server: the answer, or an error whose message is for people.

export class Refused extends Error {
  constructor(status, message, retryAfter) {
    super(message);
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

export async function call(path, options = {}) {
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new Refused(0, "The server cannot be reached. Is it still running?", 0);
  }
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer;
  throw new Refused(response.status, answer.message ?? `The server answered with status ${response.status}.`, Number(response.headers.get("Retry-After")) || 1);
}

// Puts text into the clipboard; where the browser does not allow that (plain http), selects it for copying by hand.
export async function copy(text, button) {
  const before = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    area.className = "copied";
    area.readOnly = true;
    area.setAttribute("aria-label", "The JSON, to copy by hand");
    button.closest("header, .bar").after(area);
    area.select();
    area.addEventListener("blur", () => area.remove());
    button.textContent = "Press Ctrl+C";
  }
  setTimeout(() => { button.textContent = before; }, 2000);
}
