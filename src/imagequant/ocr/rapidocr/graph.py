"""Finding one's way in a network's graph."""

from __future__ import annotations

import openvino as ov


def nearest_before(value: ov.Output, kind: str) -> ov.Node:
    """The nearest node of a kind on the way that leads to a value, by first inputs."""
    node = value.node
    while node.get_type_name() != kind:
        node = node.input_value(0).node
    return node


def source(value: ov.Output) -> ov.Output:
    """Where a value comes from, past the nodes that hand on what they are given."""
    while value.node.get_type_name() == "Identity":
        value = value.node.input_value(0)
    return value


def replace(node: ov.Node, other: ov.Node) -> None:
    """Has all who read a node's output read another's."""
    for reader in node.output(0).get_target_inputs():
        reader.replace_source_output(other.output(0))
