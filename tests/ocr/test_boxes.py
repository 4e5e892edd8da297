"""Boxes around what a detector's map shows, on maps drawn by hand."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from imagequant.ocr.rapidocr.boxes import reading_order, text_quads

SURE, NEITHER, NOTHING = 4.0, 0.0, -6.0


def drawn(*cores: tuple[tuple[float, float], tuple[float, float], float], value: float = SURE) -> np.ndarray:
    """A map of nothing with cores given by middle, size and angle."""
    logits = np.full((200, 300), NOTHING, dtype=np.float32)
    for core in cores:
        cv2.fillPoly(logits, [cv2.boxPoints(core).astype(np.int32)], value)
    return logits


def test_a_core_is_widened_by_its_area_over_its_outline():
    (quad,) = text_quads(drawn(((150, 100), (120, 20), 0)), 0.5)
    # 120 * 20 * 1.6 / 280 = 13.7 on every side; dilation and drawing add a pixel or two.
    np.testing.assert_allclose(quad, [(76, 76), (224, 76), (224, 124), (76, 124)], atol=3)


def test_a_sloping_line_has_a_sloping_box_clockwise_from_the_upper_left():
    (quad,) = text_quads(drawn(((150, 100), (120, 20), 20)), 0.5)
    slope = np.degrees(np.arctan2(*(quad[1] - quad[0])[::-1]))
    assert slope == pytest.approx(20, abs=2)
    assert np.linalg.norm(quad[1] - quad[0]) > 2 * np.linalg.norm(quad[3] - quad[0])


def test_what_is_no_text_is_left_out():
    assert text_quads(drawn(), 0.5).shape == (0, 4, 2)
    assert len(text_quads(drawn(((150, 100), (120, 1), 0)), 0.5)) == 0, "a speck"
    unsure = drawn(((150, 100), (120, 20), 0), value=NEITHER)
    assert len(text_quads(unsure, 0.4)) == 1
    assert len(text_quads(unsure, 0.6)) == 0, "its pixels are text with one half"


def test_a_box_at_the_border_is_found():
    assert len(text_quads(drawn(((20, 8), (80, 16), 0)), 0.5)) == 1


def test_boxes_are_read_in_rows_from_left_to_right():
    corners = [(200, 14), (10, 100), (20, 10), (150, 105), (90, 19)]
    quads = np.array([[(x, y), (x + 9, y), (x + 9, y + 9), (x, y + 9)] for x, y in corners], dtype=np.float32)
    assert [corners[index] for index in reading_order(quads)] == [(20, 10), (90, 19), (200, 14), (10, 100), (150, 105)]
    assert len(reading_order(quads[:0])) == 0
