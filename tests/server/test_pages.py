"""The pages in a real browser, with a reader whose answers are made up."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import expect
from tests.contest import CONTEST

from imagequant.imaging.palette import entity_color
from imagequant.server.review.desk import Desk

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


# Words that do not stand on one line: none may be cut to fit. Names of files have no places to break at.
BROKEN_WORDS = """() => {
  const broken = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const element = node.parentElement;
    if (!element.checkVisibility() || element.closest("script, template, select, pre, .name")) continue;
    for (const word of node.data.matchAll(/\\S+/g)) {
      const range = document.createRange();
      range.setStart(node, word.index);
      range.setEnd(node, word.index + word[0].length);
      const tops = [...range.getClientRects()].map((each) => each.top);
      if (tops.length && Math.max(...tops) - Math.min(...tops) > 2) broken.push(word[0]);
    }
  }
  return broken;
}"""
MODES = {
    "desktop": {"viewport": {"width": 1280, "height": 900}},
    "phone": {"viewport": {"width": 390, "height": 844}},
    "dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
    "dark-phone": {"viewport": {"width": 360, "height": 740}, "color_scheme": "dark"},
}
Opened = Callable[..., Any]


@pytest.fixture
def address(live: Callable[..., Any], project: Any) -> str:
    return "http://{}:{}".format(*live(Desk(project, CONTEST)))


@pytest.fixture
def asking(address: str, open_page: Opened) -> Any:
    page = open_page(viewport={"width": 1280, "height": 900})
    page.goto(address)
    return page


def choose(page: Any, *photos: bytes, name: str = "photo.png") -> None:
    """Choose photos and wait until all are answered or refused."""
    page.set_input_files("#photos", [{"name": name, "mimeType": "image/png", "buffer": photo} for photo in photos])
    expect(page.locator(".result .waiting:visible")).to_have_count(0)


def test_names_and_words_read_are_text_never_html(asking: Any, photo: Any, reader: Any) -> None:
    reader.words = HOSTILE
    choose(asking, photo(7), name=f"{HOSTILE}.png".replace("/", ""))
    assert asking.inner_text(".card[data-entity=item_weight] q") == HOSTILE
    assert "<img" in asking.inner_text("#status") and "<img" in asking.inner_text(".name")
    asking.wait_for_timeout(200)
    assert asking.title() != "owned"
    assert asking.locator("main b").count() == 0


def test_only_what_is_ticked_is_asked(asking: Any, photo: Any, reader: Any) -> None:
    asking.check("input[value=voltage]", force=True)
    asking.check("input[value=item_weight]", force=True)
    choose(asking, photo(7))
    asking.uncheck("input[value=voltage]", force=True)
    asking.uncheck("input[value=item_weight]", force=True)
    choose(asking, photo(8))
    assert [set(each) for each in reader.asked] == [{"voltage", "item_weight"}, set(CONTEST.names)]


def test_products_are_a_table_if_all_are_asked_for(asking: Any, photo: Any) -> None:
    choose(asking, photo(7))
    expect(asking.locator(".products")).to_be_hidden()
    asking.get_by_label("Answer for each product").check()
    choose(asking, photo(8, (300, 200)))
    table = asking.locator(".result").first.locator(".products")
    expect(table.locator("thead")).to_have_text("productitem weight")
    expect(table.locator("tbody tr")).to_have_text(["Small8 gram", "Large8 gram"])
    table.get_by_role("button", name="Large").click()
    expect(asking.get_by_role("button", name="Whole photo")).to_be_visible()


def test_an_answer_is_a_card_with_value_unit_confidence_words_and_a_labelled_frame(asking: Any, photo: Any) -> None:
    choose(asking, photo(77, (200, 100)))
    card = asking.locator(".found .card")
    expect(card).to_have_count(1)
    expect(card.locator(".value")).to_have_text("77")
    expect(card.locator(".unit")).to_have_value("gram")
    expect(card.locator(".percent")).to_have_text("90%")
    expect(card.get_by_role("meter")).to_have_attribute("aria-valuenow", "90")
    expect(card.locator("q")).to_have_text("as printed")
    # Frame and label have the entity's colour, from the same palette as the pictures.
    red, green, blue = entity_color("item_weight")
    for name, style in (("frame", "border-top-color"), ("label", "background-color")):
        expect(asking.locator(f".{name}")).to_have_css(style, f"rgb({red}, {green}, {blue})")
    expect(asking.locator(".label")).to_have_text("item weight 77 gram")
    # The frame lies around the print.
    image, frame = asking.locator(".canvas img").bounding_box(), asking.locator(".frame").bounding_box()
    scale = image["width"] / 200
    assert frame["x"] + 3 <= image["x"] + 1 * scale and frame["y"] + 3 <= image["y"] + 2 * scale
    assert frame["x"] + frame["width"] - 3 >= image["x"] + 3 * scale
    # What was not found is one line with reasons.
    expect(asking.locator(".missing")).to_have_text(
        "Not found: width, depth, height, voltage, wattage, item volume (no text); "
        "maximum weight recommendation (too unsure)."
    )


def test_another_unit_is_exact(asking: Any, photo: Any) -> None:
    choose(asking, photo(77))
    for unit, value in (("pound", "0.169755941882356"), ("kilogram", "0.077"), ("gram", "77")):
        asking.select_option(".found .unit", unit)
        expect(asking.locator(".found .value")).to_have_text(value)


def test_an_alternative_is_shown_when_it_is_clicked_and_a_guess_when_asked_for(asking: Any, photo: Any) -> None:
    choose(asking, photo(77))
    other = asking.get_by_role("button", name="2 kilogram 5%")
    other.first.click()
    card = asking.locator(".found .card")
    expect(card.locator(".value")).to_have_text("2")
    expect(card.locator(".unit")).to_have_value("kilogram")
    expect(card.locator(".tag")).to_have_text("alternative")
    expect(card.locator("q")).to_have_text("2 kg")
    expect(card.locator(".range")).to_have_text("1 to 2 kilogram")
    expect(asking.locator(".label")).to_have_text("item weight 2 kilogram")
    expect(other.first).to_have_attribute("aria-pressed", "true")
    asking.get_by_role("button", name="77 gram 90%").click()
    expect(card.locator(".tag")).to_be_hidden()
    expect(card.locator(".range")).to_be_hidden()
    asking.get_by_role("button", name="Show the guess").click()
    expect(asking.locator(".guesses .tag")).to_have_text("too unsure")
    expect(asking.locator(".label")).to_have_count(2)


def test_zooming_in_shows_the_print_large(asking: Any, photo: Any) -> None:
    choose(asking, photo(77, (200, 100)))
    before = asking.locator(".frame").bounding_box()
    asking.get_by_role("button", name="Zoom in").click()
    view, after = asking.locator(".photo").bounding_box(), asking.locator(".frame").bounding_box()
    assert after["width"] > 2 * before["width"]
    assert view["x"] <= after["x"] + 1 and after["x"] + after["width"] <= view["x"] + view["width"] + 1
    asking.get_by_role("button", name="Whole photo").click()
    assert asking.locator(".frame").bounding_box() == before


def test_several_photos_are_read_and_one_that_is_none_says_so_in_a_box(asking: Any, photo: Any) -> None:
    choose(asking, photo(5), b"text", photo(9))
    values = asking.locator(".found .value").all_inner_texts()
    assert values == ["5", "9"]
    problem = asking.get_by_role("alert")
    expect(problem).to_have_text("photo: not an image; allowed: JPEG, PNG, WebP, GIF, BMP, TIFF, HEIC and AVIF")
    assert problem.evaluate("element => getComputedStyle(element).borderTopStyle") == "solid"
    expect(asking.locator("#status")).to_have_text("2 photos read, 1 could not be read")
    # No broken picture, nor frames and a zoom on nothing.
    expect(asking.locator(".result:has(.problem:visible) .photo")).to_be_hidden()
    asking.get_by_role("button", name="Remove").first.click()
    expect(asking.locator(".result")).to_have_count(2)


def test_answers_to_a_photo_that_the_browser_cannot_show_stand_alone(asking: Any, photo: Any) -> None:
    with io.BytesIO() as file:
        Image.open(io.BytesIO(photo(7))).save(file, "TIFF")
        choose(asking, file.getvalue(), name="photo.tif")
    expect(asking.locator(".found .value")).to_have_text("7")
    expect(asking.locator(".no-view")).to_be_visible()
    expect(asking.locator(".photo")).to_be_hidden()
    expect(asking.get_by_role("button", name="Zoom in")).to_be_hidden()


def test_answers_are_copied_as_json(address: str, open_page: Opened, photo: Any) -> None:
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    page.goto(address)
    choose(page, photo(5), photo(9))
    page.get_by_role("button", name="Copy as JSON").first.click()
    copied = json.loads(page.evaluate("navigator.clipboard.readText()"))
    assert (copied["photo"], copied["predictions"][3]["text"]) == ("photo.png", "5 gram")
    page.get_by_role("button", name="Copy all as JSON").click()
    expect(page.get_by_role("button", name="Copied").last).to_be_visible()
    copied = json.loads(page.evaluate("navigator.clipboard.readText()"))
    assert [each["predictions"][3]["text"] for each in copied] == ["5 gram", "9 gram"]


def test_a_sample_photo_is_read(asking: Any) -> None:
    asking.get_by_role("button", name="A pack").click()
    expect(asking.locator(".found .card")).to_have_count(1)
    expect(asking.locator(".name")).to_have_text("sample-pack.jpg")
    expect(asking.locator("#samples")).to_be_hidden()


def test_a_dropped_photo_is_read(asking: Any, photo: Any) -> None:
    asking.evaluate(
        """(bytes) => {
          const data = new DataTransfer();
          data.items.add(new File([new Uint8Array(bytes)], "dropped.png", { type: "image/png" }));
          document.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
        }""",
        list(photo(42)),
    )
    expect(asking.locator(".found .value")).to_have_text("42")
    expect(asking.locator("#status")).to_contain_text("found on dropped.png")


def test_a_busy_server_is_asked_again(live: Any, open_page: Any, photo: Any, reader: Any, in_background: Any) -> None:
    import httpx2

    address = "http://{}:{}".format(*live(queue=1, max_files=1))
    page = open_page()
    page.goto(address)
    reader.hold.clear()
    post = lambda: httpx2.post(f"{address}/v1/predict", files={"photo": photo(1)}, timeout=30)  # noqa: E731
    with in_background(post, post):
        page.wait_for_timeout(1500)  # until one is read and the other waits
        page.set_input_files("#photos", {"name": "p.png", "mimeType": "image/png", "buffer": photo(9)})
        expect(page.locator(".waits")).to_contain_text("busy")
        reader.hold.set()
        expect(page.locator(".found .value")).to_have_text("9")


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("path", ["/", "/review", "/api"])
def test_text_can_be_read_and_no_word_is_broken(
    mode: str, path: str, address: str, open_page: Opened, photo: Any, save_screenshot: Any
) -> None:
    page = open_page(**MODES[mode])
    page.goto(address + path)
    if path == "/":
        save_screenshot(page, f"empty-{mode}")
        page.get_by_label("Answer for each product").check()
        choose(page, photo(7, (300, 200)), b"text")
        page.get_by_role("button", name="Show the guess").click()
    elif path == "/review":
        page.fill("#name", "Zoë")
        page.press("#name", "Enter")
        page.wait_for_selector("#choices button")
    else:
        page.locator("summary").first.click()
    save_screenshot(page, f"{path.strip('/') or 'ask'}-{mode}")
    assert page.evaluate("document.documentElement.scrollWidth") <= MODES[mode]["viewport"]["width"]
    assert page.evaluate(BROKEN_WORDS) == []
    least = page.evaluate(LEAST_CONTRAST)
    assert least["ratio"] >= 4.5, least


def test_the_api_page_sends_requests_and_shows_them_as_commands(address: str, open_page: Opened, photo: Any) -> None:
    page = open_page()
    page.goto(f"{address}/api")
    operation = page.locator("#post-v1-predict")
    expect(operation.locator(".command")).to_have_text(f"curl {address}/v1/predict -F photo=@photo.jpg")
    batch = f"curl {address}/v1/predict/batch -F photos=@photo.jpg"
    expect(page.locator("#post-v1-predict-batch .command")).to_have_text(batch)
    operation.get_by_role("button", name="Send").hover()
    least = page.evaluate(LEAST_CONTRAST)
    assert least["ratio"] >= 4.5, least
    field = operation.locator("[data-name=photo] input")
    field.set_input_files({"name": "pack.png", "mimeType": "image/png", "buffer": photo(77)})
    operation.locator("[data-name=entity] select").select_option("item_weight")
    operation.locator("[data-name=to_unit] select").select_option("fluid ounce")
    expect(operation.locator(".command")).to_have_text(
        f"curl {address}/v1/predict -F photo=@pack.png -F entity=item_weight -F 'to_unit=fluid ounce'"
    )
    operation.get_by_role("button", name="Send").click()
    expect(operation.locator(".outcome")).to_contain_text("422")
    expect(operation.locator(".answer pre")).to_contain_text("to_unit: none of the entities asked for")
    operation.locator("[data-name=to_unit] select").select_option("kilogram")
    operation.get_by_role("button", name="Send").click()
    expect(operation.locator(".outcome")).to_contain_text("200")
    expect(operation.locator(".answer pre")).to_contain_text('"text": "0.077 kilogram"')
    operation.locator("summary").click()
    expect(operation.get_by_role("row", name="products[].predictions[].box.x0")).to_be_visible()
    convert = page.locator("#get-v1-convert")
    convert.locator("[data-name=value] input").fill("1")
    convert.locator("[data-name=unit] select").select_option("pound")
    convert.locator("[data-name=to] select").select_option("gram")
    convert.get_by_role("button", name="Send").click()
    expect(convert.locator(".answer pre")).to_contain_text("453.59237 gram")
    decide = page.locator("#post-v1-review-decisions")
    decide.locator("[data-name=reviewer] input").fill("Zoë")
    expect(decide.locator(".command")).to_contain_text('-d \'{"reviewer":"Zoë","verdict":"accepted"}\'')


def begin_review(page: Any, address: str, query: str = "", name: str = "Zoë") -> None:
    page.goto(f"{address}/review{query}")
    page.fill("#name", name)
    page.keyboard.press("Enter")
    page.wait_for_selector("#progress:not(:empty)")


def test_rows_are_filtered_and_the_address_keeps_the_filters(address: str, open_page: Opened) -> None:
    page = open_page()
    begin_review(page, address)
    expect(page.locator("#progress")).to_contain_text("of 5 rows")
    page.select_option("[name=part]", "test")
    expect(page.locator("#progress")).to_contain_text("of 2 rows")
    expect(page.locator("#row")).to_have_text("raw/test.csv, row 1")
    page.fill("[name=high]", "0.5")
    page.keyboard.press("Tab")
    expect(page.locator("#row")).to_have_text("raw/test.csv, row 2")
    page.reload()
    expect(page.locator("#progress")).to_contain_text("of 1 rows")
    page.get_by_role("button", name="Clear").click()
    expect(page.locator("#progress")).to_contain_text("of 5 rows")
    page.select_option("[name=entity]", "voltage")
    expect(page.locator("#status")).to_have_text("No more rows match the filters.")


def test_a_row_has_a_link_that_shows_it_even_when_it_is_decided(address: str, open_page: Opened) -> None:
    page = open_page()
    begin_review(page, address, "?source=raw/train.csv&row=1")
    expect(page.locator("#row")).to_have_text("raw/train.csv, row 1")
    link = page.locator("#row").get_attribute("href")
    page.keyboard.press("a")
    expect(page.locator("#progress")).to_contain_text("1 of 5")
    page.goto(address + link)
    expect(page.locator("#decided")).to_have_text("5 gram, by Zoë")
    expect(page.locator("#accepted")).to_be_disabled()
    page.keyboard.press("u")
    expect(page.locator("#decided")).to_have_text("not yet")
    expect(page.locator("#accepted")).to_be_enabled()


def test_the_key_z_zooms_to_the_answer(address: str, open_page: Opened) -> None:
    page = open_page()
    begin_review(page, address)
    page.wait_for_selector(".frame.answer")
    before = page.locator(".frame.answer").bounding_box()
    page.keyboard.press("z")
    assert page.locator(".frame.answer").bounding_box()["width"] > 1.3 * before["width"]
    page.keyboard.press("0")
    assert page.locator(".frame.answer").bounding_box()["width"] == pytest.approx(before["width"], abs=1)


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
