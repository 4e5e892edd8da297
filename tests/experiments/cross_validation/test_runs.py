from __future__ import annotations

from tests.scored_rows import make_row

from imagequant.experiments.cross_validation.runs import decode_result, encode_result, method_code


def test_rows_are_stored_whole() -> None:
    rows = [
        make_row("5 gram", ("5 gram", 0.9), ("6 gram", 0.1), photo="a", row=1, label_source="hand"),
        make_row("8 gram", photo="b", row=2, alternatives="9 gram"),
    ]
    result = decode_result(encode_result(rows, {"epoch": 2}), "full", "1")
    assert (result.name, result.fold, result.rows, result.facts) == ("full", "1", tuple(rows), {"epoch": 2})


def test_sources_become_file_names() -> None:
    payload = encode_result([make_row("5 gram", source="/photos/mine.csv")], {})
    assert decode_result(payload, "full", "0").rows[0].source == "mine.csv"


def test_methods_with_different_code_have_different_keys() -> None:
    assert method_code("first_quantity") == method_code("cue_words"), "one module holds both"
    assert len({method_code(name) for name in ("first_quantity", "hybrid", "value_classifier")}) == 3
