from __future__ import annotations

import numpy as np
import pytest
from tests.contest import CONTEST

from imagequant.core.records import Box
from imagequant.imaging.draw import BoxMark, LegendLine, draw_evidence
from imagequant.imaging.palette import contrasting, entity_color, palette_css

WIDTH, HEIGHT = entity_color("width"), entity_color("height")


def test_boxes_stand_where_they_should_after_scaling() -> None:
    photo = np.full((1000, 2000, 3), 255, dtype=np.uint8)
    picture = np.asarray(
        draw_evidence(photo, [BoxMark(Box(400, 200, 800, 600), HEIGHT)], [LegendLine("caption")], max_side=500)
    )
    assert picture.shape[1] == 500
    drawn = np.argwhere((picture == HEIGHT).all(axis=2))
    (top, left), (bottom, right) = drawn.min(axis=0), drawn.max(axis=0)
    # A quarter of the size, with the line outside the box.
    assert 85 <= left < 100 and 200 < right <= 215
    assert 35 <= top < 50 and 150 < bottom <= 165


def test_captions_are_wrapped_not_cut() -> None:
    photo = np.zeros((50, 50, 3), dtype=np.uint8)
    short = draw_evidence(photo, [], [LegendLine("word")])
    long = draw_evidence(photo, [], [LegendLine("word " * 60)])
    assert long.height > short.height
    assert long.width == short.width


def test_a_label_at_the_upper_edge_stays_inside() -> None:
    photo = np.full((100, 400, 3), 255, dtype=np.uint8)
    picture = np.asarray(draw_evidence(photo, [BoxMark(Box(10, 0, 60, 12), WIDTH, "500 gram")], []))
    filled = (picture[14:40] == WIDTH).all(axis=2)
    assert filled.sum() > 100  # the label stands under the box


@pytest.mark.parametrize("scale", [0.5, 1, 2])
def test_no_frame_covers_what_it_marks(scale: float) -> None:
    photo = np.random.default_rng(0).integers(0, 255, (200, 400, 3), dtype=np.uint8)
    boxes = [Box(40, 40, 90, 60), Box(200, 120, 220, 180)]
    marks = [BoxMark(box, color, width=width) for box in boxes for color, width in ((WIDTH, 3), (HEIGHT, 1))]
    options = {"max_side": round(400 * scale), "enlarge": scale}
    bare = np.asarray(draw_evidence(photo, [], **options))
    drawn = np.asarray(draw_evidence(photo, marks, **options))
    assert (bare != drawn).any()
    for box in boxes:
        left, top, right, bottom = (round(scale * value) for value in (box.x0, box.y0, box.x1, box.y1))
        assert (bare[top:bottom, left:right] == drawn[top:bottom, left:right]).all()


def test_a_label_covers_no_marked_print() -> None:
    photo = np.full((120, 400, 3), 255, dtype=np.uint8)
    boxes = [Box(100, 30, 160, 45), Box(100, 70, 160, 85)]
    marks = [BoxMark(box, color, "height 5 inch") for box, color in zip(boxes, (WIDTH, HEIGHT), strict=True)]
    picture = np.asarray(draw_evidence(photo, marks))
    for box in boxes:
        assert (picture[int(box.y0) : int(box.y1), int(box.x0) : int(box.x1)] == 255).all()


def test_entities_have_colours_that_differ_and_text_on_them_can_be_read() -> None:
    assert len(set(map(entity_color, CONTEST.names))) == len(CONTEST.names)
    assert contrasting((240, 228, 66)) == (0, 0, 0) and contrasting((0, 114, 178)) == (255, 255, 255)
    assert '[data-entity="width"] { --entity: #0072b2; --on-entity: #ffffff; }' in palette_css(CONTEST.names)
