from __future__ import annotations

import numpy as np

from imagequant.core.records import Box
from imagequant.imaging.draw import COLORS, BoxMark, LegendLine, draw_evidence


def test_boxes_stand_where_they_should_after_scaling() -> None:
    photo = np.full((1000, 2000, 3), 255, dtype=np.uint8)
    picture = np.asarray(
        draw_evidence(photo, [BoxMark(Box(400, 200, 800, 600), COLORS["wrong"])], [LegendLine("caption")], max_side=500)
    )
    assert picture.shape[1] == 500
    drawn = np.argwhere((picture == COLORS["wrong"]).all(axis=2))
    (top, left), (bottom, right) = drawn.min(axis=0), drawn.max(axis=0)
    # A quarter of the size, with the line around the box.
    assert abs(left - 100) <= 3 and abs(right - 200) <= 3
    assert abs(top - 50) <= 3 and abs(bottom - 150) <= 3


def test_captions_are_wrapped_not_cut() -> None:
    photo = np.zeros((50, 50, 3), dtype=np.uint8)
    short = draw_evidence(photo, [], [LegendLine("word")])
    long = draw_evidence(photo, [], [LegendLine("word " * 60)])
    assert long.height > short.height
    assert long.width == short.width


def test_a_label_at_the_upper_edge_stays_inside() -> None:
    photo = np.full((100, 400, 3), 255, dtype=np.uint8)
    picture = np.asarray(draw_evidence(photo, [BoxMark(Box(10, 0, 60, 12), COLORS["right"], "500 gram")], []))
    filled = (picture[14:40] == COLORS["right"]).all(axis=2)
    assert filled.sum() > 100  # the label stands under the box
