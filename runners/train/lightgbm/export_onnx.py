"""Writes trees as ONNX: the same decisions, and the same bytes for the same trees."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Iterable

import numpy
import onnx
from onnx import TensorProto, helper

OPSETS = {"ai.onnx": 17, "ai.onnx.ml": 3}
IR_VERSION = 8
INPUT = "features"
OUTPUT = "score"

# LightGBM takes whatever is this close to zero for zero.
ZERO = float(numpy.float32(1e-35))
BELOW_ZERO = float(numpy.nextafter(numpy.float32(-ZERO), numpy.float32(-numpy.inf)))

CATEGORICAL = 1
DEFAULT_LEFT = 2
MISSING_NONE, MISSING_ZERO, MISSING_NAN = 0, 1, 2


@dataclass(frozen=True)
class Tree:
    """As LightGBM's model text has it: children below zero are leaves, `~child` their index."""

    split_features: list[int]
    thresholds: list[float]
    decisions: list[int]
    left_children: list[int]
    right_children: list[int]
    leaf_values: list[float]


def parse_trees(model_text: str) -> list[Tree]:
    """The text is read, not `dump_model()`: nested JSON of a deep tree exceeds Python's stack."""
    blocks = model_text.split("\nend of trees", 1)[0].split("\nTree=")[1:]
    return [parse_tree(block) for block in blocks]


def parse_tree(block: str) -> Tree:
    lines = (line.split("=", 1) for line in block.splitlines() if "=" in line)
    fields = {parts[0]: parts[1].split() for parts in lines}
    if fields.get("num_cat", ["0"]) != ["0"] or fields.get("is_linear", ["0"]) != ["0"]:
        raise ValueError("only trees of numeric splits and constant leaves can be exported")
    return Tree(
        split_features=[int(text) for text in fields.get("split_feature", [])],
        thresholds=[float(text) for text in fields.get("threshold", [])],
        decisions=[int(text) for text in fields.get("decision_type", [])],
        left_children=[int(text) for text in fields.get("left_child", [])],
        right_children=[int(text) for text in fields.get("right_child", [])],
        leaf_values=[float(text) for text in fields["leaf_value"]],
    )


def to_float_threshold(threshold: float) -> float:
    """The largest float32 for which `x <= it` decides every float32 x as LightGBM decides it.

    Its thresholds are doubles. Rounding to the nearest could go up, past an x that is greater than
    the double and would then turn left; rounding down never passes one.
    """
    if -ZERO <= threshold < 0:
        return BELOW_ZERO
    if 0 <= threshold < ZERO:
        return ZERO
    with numpy.errstate(over="ignore"):
        nearest = numpy.float32(threshold)
    if float(nearest) > threshold:
        return float(numpy.nextafter(nearest, numpy.float32(-numpy.inf)))
    return float(nearest)


def turns_left_when_missing(threshold: float, decision: int) -> bool:
    """A feature that was never missing in training has no default: LightGBM takes 0 for NaN."""
    missing = (decision >> 2) & 3
    if missing == MISSING_ZERO or decision & CATEGORICAL:
        raise ValueError("zero as missing and categorical splits are never trained here")
    if missing == MISSING_NAN:
        return bool(decision & DEFAULT_LEFT)
    return 0.0 <= threshold


@dataclass
class Ensemble:
    """The columns of a TreeEnsembleRegressor, which are as long as there are nodes or leaves."""

    tree_ids: list[int] = field(default_factory=list)
    node_ids: list[int] = field(default_factory=list)
    feature_ids: list[int] = field(default_factory=list)
    modes: list[str] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    true_ids: list[int] = field(default_factory=list)
    false_ids: list[int] = field(default_factory=list)
    missing_true: list[int] = field(default_factory=list)
    leaf_tree_ids: list[int] = field(default_factory=list)
    leaf_node_ids: list[int] = field(default_factory=list)
    leaf_weights: list[float] = field(default_factory=list)

    def add_tree(self, tree_id: int, tree: Tree) -> None:
        splits = len(tree.split_features)
        for index in range(splits):
            self._add_split(tree_id, index, tree, splits)
        for index, value in enumerate(tree.leaf_values):
            self._add_leaf(tree_id, splits + index, value)

    def _add_split(self, tree_id: int, index: int, tree: Tree, splits: int) -> None:
        def to_node_id(child: int) -> int:
            return child if child >= 0 else splits + ~child

        threshold, decision = tree.thresholds[index], tree.decisions[index]
        self._add_node(tree_id, index, "BRANCH_LEQ")
        self.feature_ids.append(tree.split_features[index])
        self.values.append(to_float_threshold(threshold))
        self.true_ids.append(to_node_id(tree.left_children[index]))
        self.false_ids.append(to_node_id(tree.right_children[index]))
        self.missing_true.append(int(turns_left_when_missing(threshold, decision)))

    def _add_leaf(self, tree_id: int, node_id: int, value: float) -> None:
        self._add_node(tree_id, node_id, "LEAF")
        for column in (self.feature_ids, self.true_ids, self.false_ids, self.missing_true):
            column.append(0)
        self.values.append(0.0)
        self.leaf_tree_ids.append(tree_id)
        self.leaf_node_ids.append(node_id)
        self.leaf_weights.append(value)

    def _add_node(self, tree_id: int, node_id: int, mode: str) -> None:
        self.tree_ids.append(tree_id)
        self.node_ids.append(node_id)
        self.modes.append(mode)

    def to_attributes(self) -> dict[str, Any]:
        return {
            "aggregate_function": "SUM",
            "n_targets": 1,
            "nodes_falsenodeids": self.false_ids,
            "nodes_featureids": self.feature_ids,
            "nodes_missing_value_tracks_true": self.missing_true,
            "nodes_modes": self.modes,
            "nodes_nodeids": self.node_ids,
            "nodes_treeids": self.tree_ids,
            "nodes_truenodeids": self.true_ids,
            "nodes_values_as_tensor": to_doubles("nodes_values", self.values),
            "post_transform": "NONE",
            "target_ids": [0] * len(self.leaf_weights),
            "target_nodeids": self.leaf_node_ids,
            "target_treeids": self.leaf_tree_ids,
            "target_weights_as_tensor": to_doubles("target_weights", self.leaf_weights),
        }


def to_doubles(name: str, values: list[float]) -> TensorProto:
    return helper.make_tensor(name, TensorProto.DOUBLE, [len(values)], values)


def export_onnx(trees: Iterable[Tree], feature_count: int) -> bytes:
    """No time, no name of a machine and no documentation gets into it.

    Leaves are summed as doubles, as LightGBM sums them: in single precision rows that differ little
    would change places, and ranks are what AUC is made of.
    """
    ensemble = Ensemble()
    for tree_id, tree in enumerate(trees):
        ensemble.add_tree(tree_id, tree)
    nodes = [
        helper.make_node("Cast", [INPUT], ["exact"], name="widen", to=TensorProto.DOUBLE),
        helper.make_node(
            "TreeEnsembleRegressor",
            ["exact"],
            ["margin"],
            name="trees",
            domain="ai.onnx.ml",
            **ensemble.to_attributes(),
        ),
        helper.make_node("Cast", ["margin"], ["wide"], name="widen-margin", to=TensorProto.DOUBLE),
        helper.make_node("Sigmoid", ["wide"], ["probability"], name="sigmoid"),
        helper.make_node("Cast", ["probability"], [OUTPUT], name="narrow", to=TensorProto.FLOAT),
    ]
    graph = helper.make_graph(
        nodes,
        "model",
        [helper.make_tensor_value_info(INPUT, TensorProto.FLOAT, ["batch", feature_count])],
        [helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, ["batch", 1])],
    )
    model = helper.make_model(
        graph,
        producer_name="plumbline",
        producer_version="1",
        ir_version=IR_VERSION,
        opset_imports=[
            helper.make_opsetid("" if domain == "ai.onnx" else domain, version)
            for domain, version in OPSETS.items()
        ],
    )
    onnx.checker.check_model(model)
    return model.SerializeToString(deterministic=True)
