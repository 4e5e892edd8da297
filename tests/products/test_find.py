"""Each product as a reading of its own."""

from __future__ import annotations

from tests.products.layouts import products, reading


def test_words_of_a_product_are_its_own() -> None:
    rows = (
        ("S", 60, 150),
        ("20 cm", 260, 150),
        ("1 kg", 460, 150),
        ("L", 60, 200),
        ("30 cm", 260, 200),
        ("2 kg", 460, 200),
    )
    head = (("Size", 60, 100), ("Width", 260, 100), ("Weight", 460, 100))
    small, large = products(*head, *rows)
    assert [word.text for word in small.reading.tokens] == ["Width", "Weight", "S", "20", "cm", "1", "kg"]
    for product in (small, large):
        tokens = product.reading.tokens
        for candidate in product.reading.candidates:
            # The numbers of its words are those of this reading.
            assert " ".join(tokens[word].text for word in candidate.words) == candidate.text


def test_a_copy_in_another_unit_belongs_to_the_same_product() -> None:
    found = products(
        ("S", 60, 150), ("20 cm / 7.9 in", 260, 150), ("L", 60, 200), ("30 cm / 11.8 in", 260, 200), ("Width", 260, 100)
    )
    assert [len(each.reading.candidates) for each in found] == [2, 2]


def test_a_single_product_has_the_whole_reading() -> None:
    whole = reading(("Weight 2 kg", 100, 100), ("Height 30 cm", 100, 140))
    (found,) = products(("Weight 2 kg", 100, 100), ("Height 30 cm", 100, 140))
    assert found.reading == whole
