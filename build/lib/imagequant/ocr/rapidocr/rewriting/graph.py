"""Finding nodes in a network's graph."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import openvino as ov
from numpy.typing import NDArray


class UnknownGraphError(Exception):
    """The graph is not the one a rewrite was written for."""


def follow_back(value: ov.Output, kinds: Sequence[str]) -> list[ov.Node]:
    """Return the nodes that lead to a value by their first inputs, last node first.

    Args:
        value: Where to start.
        kinds: The kind of each node on the way; identity nodes are skipped.

    Raises:
        UnknownGraphError: If a node of another kind is on the way.
    """
    nodes: list[ov.Node] = []
    for kind in kinds:
        node = source(nodes[-1].input_value(0) if nodes else value).node
        require(node.get_type_name() == kind, f"expected {kind}, found {node.get_type_name()}")
        nodes.append(node)
    return nodes


def source(value: ov.Output) -> ov.Output:
    """Return where a value is computed, skipping identity nodes."""
    while value.node.get_type_name() == "Identity":
        value = value.node.input_value(0)
    return value


def constant(value: ov.Output) -> NDArray[np.float32]:
    """Return the weights behind a value as float32.

    Raises:
        UnknownGraphError: If it is not a constant.
    """
    node = source(value).node
    if node.get_type_name() == "Convert":
        node = source(node.input_value(0)).node
    require(node.get_type_name() == "Constant", f"expected Constant, found {node.get_type_name()}")
    data: NDArray[np.float32] = node.get_data().astype(np.float32)
    return data


def has_attributes(node: ov.Node, **expected: Any) -> bool:
    """Return whether a node has exactly these attribute values; lists and tuples count as equal."""
    found = node.get_attributes()
    return all(list(found[name]) == list(value) for name, value in expected.items())


def require(condition: bool, problem: str) -> None:
    """Raise ``UnknownGraphError`` unless the condition holds."""
    if not condition:
        raise UnknownGraphError(problem)


def replace(node: ov.Node, other: ov.Node) -> None:
    """Connect every reader of a node's output to another node."""
    for reader in node.output(0).get_target_inputs():
        reader.replace_source_output(other.output(0))
