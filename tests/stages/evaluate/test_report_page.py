"""The report in a real browser: filters, frames, keys, narrow and dark pages, and texts that mean harm."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from imagequant.imaging.palette import entity_color

HOSTILE = (
    "</script><script>window.harmed=1</script>",
    "<img src=x onerror=window.harmed=1>",
    "<!--<script>",
    "\u2028window.harmed=1//",
    '"><svg onload=window.harmed=1>',
    "\ud800",
)
WIDE = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
Open = Callable[..., Any]


def expect(locator: Any) -> Any:
    """Playwright's assertions that wait; imported where there is a browser."""
    from playwright.sync_api import expect

    return expect(locator)


@pytest.fixture
def opened(browser: Any) -> Iterator[Open]:
    """Opens a page; at the end of the test nothing may have gone wrong on it."""
    contexts, wrong = [], []

    def open_page(url: str, **options: Any) -> Any:
        context = browser.new_context(**{"viewport": WIDE, **options})
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        page.on("dialog", lambda dialog: wrong.append(f"dialog {dialog.message}"))
        page.on("request", lambda request: wrong.append(request.url) if request.url.startswith("http") else None)
        page.goto(url)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not wrong


@pytest.fixture(scope="module")
def report(make_report: Any, line: Any) -> Any:
    """Five wrong rows of two entities, and two right ones."""
    return make_report(
        [
            line("a", "height", "5 inch", (("7 inch", 0.9), ("5 inch", 0.05)), ("7", "inch", "5", "inch")),
            line("a", "width", "7 inch", (("7 inch", 0.8),), ("7", "inch", "5", "inch")),
            line("b", "height", "2 centimetre", (("2 inch", 0.7), ("2 centimetre", 0.1)), ("2in",)),
            line("c", "item_weight", "5 gram", (("6 gram", 0.6),), ("6g",)),
            line("d", "item_weight", "5 gram", (), ()),
            line("e", "item_weight", "9 gram", (("9 gram", 0.4),), ("9g",), "https://photos.example/nine.jpg"),
            line("f", "item_weight", "", (("8 gram", 0.5),), ("8g",)),
        ]
    )


def titles(page: Any) -> list[str]:
    return page.locator(".card h3").all_inner_texts()


def test_the_worst_come_first_and_the_right_ones_when_asked_for(report: Any, opened: Open) -> None:
    page = opened(report.url)
    assert titles(page) == [
        "height wrong candidate", "height wrong unit", "item_weight not read by OCR",
        "item_weight should be empty", "item_weight not read by OCR",
    ]  # fmt: skip
    page.select_option("[name=bucket]", "*")
    assert titles(page)[5:] == ["item_weight right", "width right"]
    assert page.locator("#count").inner_text().startswith("7 of 7 rows")


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"entity": "height"}, ["7 inch", "2 inch"]),
        ({"bucket": "wrong unit"}, ["2 inch"]),
        ({"bucket": "right", "order": "surest"}, ["7 inch", "9 gram"]),
        ({"unit": "centimetre"}, ["2 inch"]),  # the label's unit
        ({"unit": "inch"}, ["7 inch", "2 inch"]),  # the answer's
        ({"from": "0.65"}, ["7 inch", "2 inch"]),
        ({"to": "0.6"}, ["6 gram", "8 gram", "no answer"]),
        ({"from": "0.55", "to": "0.75"}, ["2 inch", "6 gram"]),
        ({"text": "6 GRAM"}, ["6 gram"]),
        ({"text": "photos.example", "bucket": "*"}, ["9 gram"]),
        ({"order": "unsure"}, ["no answer", "8 gram", "6 gram", "2 inch", "7 inch"]),
        ({"entity": "width"}, []),  # right, so no error
    ],
)
def test_filters(report: Any, opened: Open, filters: dict[str, str], found: list[str]) -> None:
    page = opened(report.url)
    for name, value in filters.items():
        field = page.locator(f"[name={name}]")
        if name in ("from", "to", "text"):
            field.fill(value)
        else:
            field.select_option(value)
    assert page.locator(".card dd:nth-of-type(2)").all_inner_texts() == found
    # The address keeps the filters: opened anew, the same rows.
    again = opened(page.url)
    assert again.locator(".card dd:nth-of-type(2)").all_inner_texts() == found
    page.click("button[type=reset]")
    expect(page.locator(".card")).to_have_count(5)


def test_numbers_of_the_table_lead_to_their_rows(report: Any, opened: Open) -> None:
    page = opened(report.url)
    table = page.get_by_role("region", name="Errors by entity and bucket")
    table.get_by_role("row", name=re.compile("^item_weight")).get_by_role("link").first.click()
    expect(page.locator(".card")).to_have_count(2)
    assert titles(page) == ["item_weight not read by OCR"] * 2
    assert page.locator("[name=entity]").input_value() == "item_weight"


def test_frames_and_labels_have_the_entity_s_colour(report: Any, opened: Open) -> None:
    page = opened(report.url)
    card = page.locator(".card").first
    card.hover()
    red, green, blue = entity_color("height")
    color = f"rgb({red}, {green}, {blue})"
    expect(card.locator("rect.choice.wrong")).to_have_css("stroke", color)
    expect(card.locator(".label rect").first).to_have_css("fill", color)
    assert card.locator(".label text").all_text_contents() == ["label 5 inch", "height 7 inch"]


def test_the_slider_tells_what_another_threshold_would_give(report: Any, opened: Open) -> None:
    page = opened(report.url)

    def figures() -> list[str]:
        names = ("least", "at-precision", "at-coverage", "at-f1", "at-answers")
        return [page.inner_text(f"#{name}") for name in names]

    # The model's threshold, 0.3: six answers (two right) to six answerable rows, of which one is not answered.
    assert figures() == ["0.30", "0.333", "1.000", "0.444", "6, 2"]
    page.locator("#threshold").fill("75")
    assert figures() == ["0.75", "0.500", "0.333", "0.286", "2, 1"]
    page.select_option("#threshold-entity", "item_weight")
    assert figures() == ["0.75", "–", "0.000", "0.000", "0, 0"]
    page.get_by_role("button", name="Use the model's").click()
    assert figures()[0] == "0.30"


def test_a_row_has_a_link_and_leads_to_its_review(report: Any, opened: Open) -> None:
    page = opened(report.url)
    page.locator(".card").nth(1).get_by_role("link", name="Link to this row").click()
    title = "height: wrong unit (2 of 5)"
    expect(page.locator("#detail-title")).to_have_text(title)
    again = opened(page.url)
    expect(again.locator("#detail-title")).to_have_text(title)
    assert again.locator("#detail .correct").get_attribute("href") == (
        "http://127.0.0.1:8000/review?source=train.csv&row=3"
    )
    # A row that the filters hide is shown all the same; one that is not in the report is named.
    right = opened(f"{report.url}#entity=width&bucket=wrong+unit&source=train.csv&row=6")
    expect(right.locator("#detail-title")).to_contain_text("item_weight: right")
    right.keyboard.press("Escape")
    expect(right).not_to_have_url(re.compile("row="))
    none = opened(f"{report.url}#source=train.csv&row=99")
    expect(none.locator("#count")).to_have_text("train.csv, row 99 is not among the rows of this report.")


def test_the_filtered_rows_are_saved_as_csv(make_report: Any, line: Any, opened: Open) -> None:
    made = make_report([
        line("a", "height", "5 inch", (("7 inch", 0.9),), (), '=HYPERLINK("x")'),
        line("b", "width", "5 inch", (("6 inch", 0.9),)),
    ])  # fmt: skip
    page = opened(made.url)
    page.select_option("[name=entity]", "height")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save these rows as CSV").click()
    assert download.value.suggested_filename == "imagequant-rows.csv"
    with download.value.path().open(newline="", encoding="utf-8") as file:
        (row,) = csv.DictReader(file)
    assert (row["source"], row["row"], row["entity"], row["label"], row["answer"]) == (
        "train.csv", "1", "height", "5 inch", "7 inch",
    )  # fmt: skip
    assert row["link"] == '\'=HYPERLINK("x")'  # no formula


def test_the_model_card_is_in_the_file_and_commit_and_date_are_not(report: Any, opened: Open) -> None:
    page = opened(report.url)
    about = page.locator(".about")
    expect(about).to_contain_text("answers need a confidence of 0.300")
    expect(about).to_contain_text("evaluate.bootstrap 5")
    expect(page.locator("#made")).to_contain_text("imagequant serve --review")


def test_frames_are_drawn_where_a_row_is_pointed_at(report: Any, opened: Open) -> None:
    page = opened(report.url)
    card = page.locator(".card").first
    assert card.locator("image").count() == 1
    assert card.locator(".marks").count() == 0
    card.hover()
    assert card.locator(".marks").is_visible()
    assert card.locator(".marks title").all_text_contents() == ["7", "inch", "5", "inch"]
    assert card.locator("rect.choice.wrong").count() == 1
    # The frame lies around the place it was read from: photo pixels 20 to 120.
    frame = card.locator("rect.choice.truth")
    left, width = float(frame.get_attribute("x")), float(frame.get_attribute("width"))
    assert 10 < left < 20 and 120 < left + width < 130
    page.locator("h1").hover()
    assert not card.locator(".marks").is_visible()
    card.locator("li.truth").hover()
    assert "pointed" in frame.get_attribute("class")
    assert "pointed" not in card.locator("rect.choice.wrong").get_attribute("class")


def test_everything_can_be_done_with_keys(report: Any, opened: Open) -> None:
    page = opened(report.url)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    for _ in range(10):
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.dataset.place") == "0"
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.dataset.place") == "1"
    assert page.locator(".card").nth(1).locator(".marks").is_visible()
    page.keyboard.press("Enter")
    assert page.locator("#detail-title").inner_text() == "height: wrong unit (2 of 5)"
    page.keyboard.press("ArrowRight")
    assert page.locator("#detail-title").inner_text().endswith("(3 of 5)")
    page.keyboard.press("Escape")
    assert not page.locator("#detail").is_visible()
    expect(page.locator(".card").nth(2)).to_be_focused()


def test_a_row_opened_shows_words_and_link(report: Any, opened: Open) -> None:
    page = opened(report.url + "#text=photos.example&bucket=*")
    page.locator(".card").click()
    assert page.locator("#detail-photo .marks").is_visible()
    assert page.locator(".read").inner_text() == "9g"
    assert page.locator("#detail .origin a").get_attribute("href") == "https://photos.example/nine.jpg"
    assert not page.locator("#detail .word text").first.is_visible()
    page.check("#show-words")
    assert page.locator("#detail .word text").first.is_visible()
    page.uncheck("#show-boxes")
    assert not page.locator("#detail-photo .marks").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_text_has_contrast_and_nothing_is_wider_than_the_page(
    report: Any, opened: Open, scheme: str, size: dict[str, int], save_screenshot: Any
) -> None:
    page = opened(report.url + "#bucket=*", color_scheme=scheme, viewport=size)
    save_screenshot(page, f"report-{scheme}-{size['width']}")
    page.locator(".card").first.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    low = page.evaluate(LOW_CONTRAST)
    assert low["texts"] > 100
    assert low["low"] == []


# WCAG 2.2, 1.4.3: relative luminance of each text and of what lies under it, 4.5 to 1 (3 to 1 for large print).
LOW_CONTRAST = """() => {
  const parse = (text) => text.match(/[0-9.]+/g).map(Number);
  const light = (color) => color.slice(0, 3).map((part) => part / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
  const under = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = parse(getComputedStyle(at).backgroundColor);
      if (color.length === 3 || color[3] === 1) return color;
    }
    return [255, 255, 255];
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const low = [];
  let texts = 0;
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || element.closest("script, svg, noscript, button:disabled")) continue;
    const style = getComputedStyle(element);
    const [a, b] = [light(parse(style.color)), light(under(element))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && style.fontWeight >= 700);
    texts += 1;
    if (ratio < (large ? 3 : 4.5)) low.push(`${walker.currentNode.data.trim()} ${ratio}`);
  }
  return { texts, low };
}"""


def test_texts_that_mean_harm_are_shown_and_do_none(make_report: Any, line: Any, opened: Open) -> None:
    rows = [
        line(f"p{n}", "height", "5 inch", (("7 inch", 0.9),), HOSTILE, text, text) for n, text in enumerate(HOSTILE)
    ]
    rows.append(line("q", "height", "5 inch", (("7 inch", 0.9),), (), "javascript:window.harmed=1"))
    page = opened(make_report(rows).url)
    for number in range(len(rows)):
        page.locator(".card").nth(number).hover()
        page.locator(".card").nth(number).click()
        assert page.locator("#detail .origin a").count() == 0  # none of these links is one to the web
        page.check("#show-words")
        page.keyboard.press("Escape")
    assert page.evaluate("window.harmed") is None
    assert page.locator(".card .origin").first.inner_text() == f"{HOSTILE[0]}, row 1"
    assert page.locator(".card").first.locator(".marks title").all_text_contents()[:2] == list(HOSTILE[:2])


def test_the_page_forbids_what_it_does_not_bring(report: Any, browser: Any) -> None:
    page = browser.new_page()
    page.goto(report.url)
    # Were some text ever taken for markup, its scripts and pictures would still not be run or fetched.
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.harmed=1\">')")
    page.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: 'window.harmed=2'}))")
    page.wait_for_timeout(200)
    assert page.evaluate("window.harmed") is None
    page.close()


def test_ten_thousand_rows_are_filtered_and_paged(make_report: Any, line: Any, opened: Open) -> None:
    lines = [
        line(f"p{n // 10}", "height", f"{n} inch", ((f"{n + n % 3} inch", 0.3 + 0.6 * n / 10_050),), ("5", "inch"))
        for n in range(1, 10_051)
    ]
    made = make_report(lines, rows=10_000, photos=20)
    page = opened(made.url)
    assert "The worst 10000 of 10050 rows" in page.locator("#browser").inner_text()
    assert page.locator(".card").count() == 48
    page.click("#next")
    assert "49 to 96 shown" in page.locator("#count").inner_text()
    assert page.evaluate("document.activeElement.dataset.place") == "48"
    page.select_option("[name=bucket]", "*")
    assert "10000 of 10000 rows, 1 to 48 shown" in page.locator("#count").inner_text()
    page.fill("[name=text]", "4321 inch")
    assert page.locator(".card").count() == 2  # one label, one answer
    # Beyond the photos that have a picture the frames stand where they were read all the same.
    page.locator(".card").first.hover()
    assert page.locator(".card image").count() == 0
    assert page.locator(".card rect.choice").first.is_visible()


def test_the_same_rows_make_the_same_bytes(make_report: Any, line: Any) -> None:
    rows = [line("a", "height", "5 inch", (("7 inch", 0.9),), ("7", "in")), line("b", "width", "5 inch")]
    assert make_report(rows).text == make_report(rows).text


def test_rows_without_errors_or_rows_at_all(make_report: Any, line: Any, opened: Open) -> None:
    right = [line("a", "height", "5 inch", (("5 inch", 0.9),))]
    page = opened(make_report(right).url)
    assert page.locator("#count").inner_text() == "0 of 1 rows: none is so"
    assert opened(make_report(right, rows=0).url).locator("#count").inner_text() == "0 of 0 rows: none is so"
