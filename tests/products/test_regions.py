"""Products apart from each other."""

from __future__ import annotations

from tests.products.layouts import products, told

from imagequant.core.records import Box

LEFT, RIGHT = Box(100, 150, 250, 500), Box(500, 250, 650, 500)


def test_captions_below_two_objects_are_two_products() -> None:
    found = products(("330 ml", 140, 520), ("750 ml", 540, 520), objects=(LEFT, RIGHT))
    assert told(found) == [("", ["330 millilitre"]), ("", ["750 millilitre"])]
    # The boxes hold objects and captions.
    assert [(each.box.x0 < 140, each.box.y0 <= 255) for each in found] == [(True, True), (False, True)]
    assert found[0].box.x1 < found[1].box.x0


def test_a_caption_names_its_product() -> None:
    texts = (("Mini", 150, 520), ("330 ml", 140, 545), ("Family", 540, 520), ("750 ml", 540, 545))
    assert [name for name, _ in told(products(*texts, objects=(LEFT, RIGHT)))] == ["Mini", "Family"]


def test_lengths_around_two_objects_are_two_products() -> None:
    lengths = (("35 cm", 150, 520), ("80 cm", 262, 300), ("60 cm", 550, 520), ("50 cm", 662, 370))
    found = told(products(*lengths, objects=(LEFT, RIGHT)))
    assert [sorted(amounts) for _, amounts in found] == [
        ["35 centimetre", "80 centimetre"],
        ["50 centimetre", "60 centimetre"],
    ]


def test_views_of_one_product_share_a_length() -> None:
    lengths = (("35 cm", 150, 520), ("80 cm", 262, 300), ("60 cm", 550, 520), ("80 cm", 662, 370))
    assert len(products(*lengths, objects=(LEFT, RIGHT))) == 1


def test_views_of_one_product_have_one_height() -> None:
    views = (LEFT, Box(500, 150, 650, 500))
    assert len(products(("35 cm", 150, 520), ("60 cm", 550, 520), objects=views)) == 1
    assert len(products(("35 cm", 150, 520), ("60 cm", 550, 520), objects=(LEFT, RIGHT))) == 2


def test_width_and_height_of_one_object_are_one_product() -> None:
    assert len(products(("60 cm", 300, 640), ("75 cm", 720, 350), objects=(Box(150, 150, 620, 600),))) == 1


def test_equal_amounts_are_one_product() -> None:
    assert len(products(("330 ml", 140, 520), ("330 ml", 540, 520), objects=(LEFT, RIGHT))) == 1


def test_nutrients_are_no_products() -> None:
    texts = (("protein", 150, 520), ("20 g", 150, 545), ("fat", 560, 520), ("5 g", 560, 545))
    assert len(products(*texts, objects=(LEFT, RIGHT))) == 1


def test_a_photo_without_text_shows_one_product() -> None:
    (whole,) = products(objects=(LEFT, RIGHT))
    assert (whole.name, whole.box, whole.reading.candidates) == ("", Box(0, 0, 800, 800), ())
