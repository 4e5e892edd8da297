"""Finding one's way in a network's graph."""

from __future__ import annotations

import openvino as ov


def nearest_before(value: ov.Output, kind: str) -> ov.Node:
    """The nearest node of a kind on the way that leads to a value, by first inputs."""
    node = value.node
    while node.get_type_name() != kind:
        node = node.input_value(0).node
    return node
