from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from imagequant.server.review.desk import LEASE_SECONDS, ReviewStore, TakenError
from imagequant.server.review.rows import ReviewRow, review_rows
from imagequant.storage.raw import Correction


def make_rows(count: int) -> list[ReviewRow]:
    return [
        ReviewRow("s.csv", number, "train", f"{number}.png", "", "voltage", "0" * 64, "", True, "5 volt", 0.5)
        for number in range(1, count + 1)
    ]


@pytest.fixture
def store(tmp_path: Path, clock: Any) -> ReviewStore:
    return ReviewStore(tmp_path / "review.sqlite", make_rows(3), clock)


def numbers(*rows: ReviewRow | None) -> list[int | None]:
    return [row.source_row if row else None for row in rows]


def test_the_least_certain_rows_come_first_and_silence_without_confidence_last(project: Any) -> None:
    assert [(row.split, row.source_row, row.confidence) for row in review_rows(project)] == [
        ("train", 2, 0.45), ("test", 1, 0.6), ("train", 3, 0.7), ("train", 1, 0.9), ("test", 2, 0.0),
    ]  # fmt: skip


def test_a_row_is_its_reviewer_s_until_decided_and_nobody_else_s(store: ReviewStore) -> None:
    assert numbers(store.next("anna"), store.next("anna"), store.next("ben")) == [1, 1, 2]
    store.decide("anna", make_rows(3)[0], "accepted", "5 volt")
    assert numbers(store.next("anna"), store.next("ben"), store.next("cleo")) == [3, 2, None]


def test_a_lease_that_ran_out_frees_the_row_but_it_is_decided_once(store: ReviewStore, clock: Any) -> None:
    row = store.next("anna")
    assert row is not None
    clock.now += LEASE_SECONDS + 1
    assert store.next("ben") == row
    with pytest.raises(TakenError, match=r"s.csv, row 1: ben is looking at it"):
        store.decide("anna", row, "absent", "")
    store.decide("ben", row, "absent", "")
    with pytest.raises(TakenError, match="already decided"):
        store.decide("anna", row, "accepted", "5 volt")
    assert [(each.reviewer, each.entity_value) for each in store.corrections()] == [("ben", "")]


def test_a_skipped_row_goes_to_others_only(store: ReviewStore) -> None:
    store.decide("anna", make_rows(3)[0], "skipped", "")
    assert numbers(store.next("anna"), store.next("ben")) == [2, 1]
    assert store.corrections() == []
    assert store.progress("anna").decided == 0


def test_undo_takes_back_one_decision_after_the_other_and_only_one_s_own(store: ReviewStore) -> None:
    rows = make_rows(3)
    store.decide("ben", rows[2], "absent", "")
    for row in rows[:2]:
        store.decide("anna", row, "accepted", "5 volt")
    assert numbers(store.undo("anna"), store.next("anna"), store.undo("anna"), store.undo("anna")) == [2, 2, 1, None]
    assert [each.source_row for each in store.corrections()] == [3]
    store.decide("anna", rows[0], "corrected", "6 volt")
    assert [each.entity_value for each in store.corrections()] == ["6 volt", ""]


def test_decisions_and_leases_outlive_the_server(store: ReviewStore, tmp_path: Path, clock: Any) -> None:
    store.decide("anna", make_rows(3)[0], "accepted", "5 volt")
    store.next("anna")
    again = ReviewStore(tmp_path / "review.sqlite", make_rows(3), clock)
    assert numbers(again.next("ben")) == [3]
    progress = again.progress("ben")
    assert (progress.rows, progress.decided, progress.mine, progress.others_looking) == (3, 1, 0, 1)


def test_decisions_made_elsewhere_do_not_replace_those_made_here(store: ReviewStore) -> None:
    def there(row: int) -> Correction:
        return Correction("s.csv", row, f"{row}.png", "", "voltage", "9 volt", "zoe", "2024-01-01")

    store.decide("anna", make_rows(3)[0], "accepted", "5 volt")
    assert store.take_in([there(1), there(2)]) == 1
    assert [each.entity_value for each in store.corrections()] == ["5 volt", "9 volt"]
    assert store.undo("zoe") is None
    assert numbers(store.next("anna")) == [3]


def test_many_at_once_decide_every_row_exactly_once(tmp_path: Path) -> None:
    store = ReviewStore(tmp_path / "review.sqlite", make_rows(60))
    decided: list[tuple[str, int]] = []

    def review(name: str) -> None:
        while (row := store.next(name)) is not None:
            store.decide(name, row, "accepted", "5 volt")
            decided.append((name, row.source_row))

    threads = [threading.Thread(target=review, args=(f"reviewer {number}",)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(row for _, row in decided) == list(range(1, 61))
    assert {(each.reviewer, each.source_row) for each in store.corrections()} == set(decided)
