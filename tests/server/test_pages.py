"""The pages in a real browser, with a reader whose answers are made up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from imagequant.quantity.units import ENTITIES
from imagequant.server.review.desk import open_desk

HOSTILE = "<img src=x onerror=\"document.title='owned'\"><b>bold</b>"

# Relative luminance by WCAG 2, for every text on the page against the first ground behind it.
LEAST_CONTRAST = """() => {
  const parts = (color) => color.match(/[\\d.]+/g).map(Number);
  const light = (color) => parts(color).slice(0, 3).map((part) => part / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, number) => sum + part * [0.2126, 0.7152, 0.0722][number], 0);
  const ground = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const color = getComputedStyle(each).backgroundColor;
      if ((parts(color)[3] ?? 1) > 0) return color;
    }
    return "rgb(255, 255, 255)";
  };
  const least = { ratio: 99, text: "" };
  for (const element of document.querySelectorAll("body *")) {
    const text = [...element.childNodes].filter((each) => each.nodeType === 3).map((each) => each.data.trim()).join("");
    if (!text || !element.checkVisibility() || element.closest(":disabled, svg")) continue;
    const [low, high] = [light(getComputedStyle(element).color), light(ground(element))].sort((a, b) => a - b);
    const ratio = (high + 0.05) / (low + 0.05);
    if (ratio < least.ratio) Object.assign(least, { ratio, text });
  }
  return least;
}"""


@pytest.fixture
def address(live: Callable[..., Any], project: Any) -> str:
    return "http://{}:{}".format(*live(open_desk(project)))


def ask(page: Any, photo: bytes, name: str = "photo.png") -> None:
    page.set_input_files("#photo", {"name": name, "mimeType": "image/png", "buffer": photo})
    page.wait_for_selector("#result:not([hidden])")


def test_names_and_words_read_are_text_never_html(address: str, open_page: Any, photo: Any, reader: Any) -> None:
    reader.words = HOSTILE
    page = open_page()
    page.goto(address)
    ask(page, photo(7), f"{HOSTILE}.png".replace("/", ""))
    assert page.inner_text("tr[data-entity=item_weight] td:last-child") == HOSTILE
    assert "<img" in page.inner_text("#status")
    page.wait_for_timeout(200)
    assert page.title() != "owned"
    assert page.locator("main b").count() == 0


def test_only_what_is_ticked_is_asked(address: str, open_page: Any, photo: Any, reader: Any) -> None:
    page = open_page()
    page.goto(address)
    page.check("input[value=voltage]")
    page.check("input[value=item_weight]")
    ask(page, photo(7))
    assert page.locator("#answers tr").count() == 2
    page.uncheck("input[value=voltage]")
    page.uncheck("input[value=item_weight]")
    page.click("#ask > button")
    expect(page.locator("#answers tr")).to_have_count(8)
    assert [set(each) for each in reader.asked] == [{"voltage", "item_weight"}, set(ENTITIES)]


def test_a_dropped_photo_is_read(address: str, open_page: Any, photo: Any) -> None:
    page = open_page()
    page.goto(address)
    page.evaluate(
        """(bytes) => {
          const data = new DataTransfer();
          data.items.add(new File([new Uint8Array(bytes)], "dropped.png", { type: "image/png" }));
          document.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
        }""",
        list(photo(42)),
    )
    page.wait_for_selector("#result:not([hidden])")
    assert "42 gram" in page.inner_text("#answers")
    assert "dropped.png" in page.inner_text("#status")


def test_what_is_no_photo_is_said(address: str, open_page: Any) -> None:
    page = open_page()
    page.goto(address)
    page.set_input_files("#photo", {"name": "x.png", "mimeType": "image/png", "buffer": b"text"})
    expect(page.locator("#status")).to_contain_text("not an image")


def test_a_busy_server_is_asked_again(live: Any, open_page: Any, photo: Any, reader: Any, in_background: Any) -> None:
    import httpx2

    address = "http://{}:{}".format(*live(queue=1, max_files=1))
    page = open_page()
    page.goto(address)
    reader.hold.clear()
    post = lambda: httpx2.post(f"{address}/v1/predict", files={"photo": photo(1)}, timeout=30)  # noqa: E731
    with in_background(post, post):
        page.wait_for_timeout(1500)  # until one is read and the other waits
        page.set_input_files("#photo", {"name": "p.png", "mimeType": "image/png", "buffer": photo(9)})
        expect(page.locator("#status")).to_contain_text("busy")
        reader.hold.set()
        page.wait_for_selector("#result:not([hidden])")
    assert "9 gram" in page.inner_text("#answers")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/", "/review"])
def test_text_can_be_read_and_a_phone_shows_all_of_it(
    scheme: str, path: str, address: str, open_page: Any, photo: Any
) -> None:
    page = open_page(color_scheme=scheme, viewport={"width": 360, "height": 740})
    page.goto(address + path)
    if path == "/":
        ask(page, photo(7))
    else:
        page.fill("#name", "anna")
        page.press("#name", "Enter")
        page.wait_for_selector("#choices button")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    least = page.evaluate(LEAST_CONTRAST)
    assert least["ratio"] >= 4.5, least


def test_rows_are_decided_by_single_keys(address: str, open_page: Any, project: Any) -> None:
    page = open_page()
    page.goto(f"{address}/review")
    page.fill("#name", "anna")
    page.keyboard.press("Enter")

    def decided(number: int) -> None:
        expect(page.locator("#progress")).to_contain_text(f"{number} of 5 rows")

    decided(0)
    page.keyboard.press("2")  # the second quantity read, in place of the answer
    decided(1)
    page.keyboard.press("e")
    page.keyboard.type("12.5")
    page.keyboard.press("Enter")
    decided(2)
    page.keyboard.press("n")
    decided(3)
    page.keyboard.press("u")
    decided(2)
    page.keyboard.press("a")
    decided(3)
    page.keyboard.press("l")
    decided(4)
    assert page.is_disabled("#accepted") and page.is_disabled("#kept")  # a test row without an answer
    page.keyboard.press("a")
    page.keyboard.press("s")
    expect(page.locator("#status")).to_contain_text("There are no more rows")
    kept = (project.root / "data/corrections.csv").read_text().splitlines()[1:]
    assert [line.split(",")[5] for line in kept] == ["12.5 gram", "5 gram", "5 gram", "5 gram"]
