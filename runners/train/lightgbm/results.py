"""What a training leaves behind."""

from __future__ import annotations

import json
import os
import platform
from pathlib import Path
from typing import Any

import lightgbm
import numpy

from boosting import Boosting
from channels import Rows
from checkpoints import to_digest, write_durably
from export_onnx import INPUT, OUTPUT, export_onnx
from metrics import measure_auc, measure_log_loss, to_probabilities
from places import Places


def write_results(
    places: Places, boosting: Boosting, train: Rows, validation: Rows, feature_names: list[str]
) -> None:
    """The manifest comes last: with it, the model is complete."""
    model = export_onnx(boosting.to_trees(), len(feature_names))
    validation_margins = boosting.validation_margins()
    metrics = [
        *measure("train", train, boosting.train_margins()),
        *measure("validation", validation, validation_margins),
    ]
    scores = {"v": 1, "scores": to_probabilities(validation_margins).tolist()}
    replace(places.output_data / "scores.json", to_json(scores))
    replace(places.model / "model.onnx", model)
    replace(places.model / "manifest.json", to_json(to_manifest(model, metrics, feature_names)))


def measure(split: str, rows: Rows, margins: numpy.ndarray) -> list[dict[str, Any]]:
    """No figure where there is none: the AUC of one label, or of no rows."""
    figures: list[dict[str, Any]] = []
    if rows.has_both_labels:
        auc = measure_auc(rows.labels, margins)
        figures.append({"name": "auc", "value": auc, "split": split})
    if rows.count > 0:
        log_loss = measure_log_loss(rows.labels, margins)
        figures.append({"name": "log-loss", "value": log_loss, "split": split})
    return figures


def to_manifest(
    model: bytes, metrics: list[dict[str, Any]], feature_names: list[str]
) -> dict[str, Any]:
    return {
        "manifestVersion": 1,
        "format": "onnx",
        "file": "model.onnx",
        "sha256": to_digest(model),
        "inputs": [{"name": INPUT, "datatype": "FP32", "shape": [-1, len(feature_names)]}],
        "outputs": [
            {
                "name": OUTPUT,
                "datatype": "FP32",
                "shape": [-1, 1],
                "meaning": "probability-of-positive",
            }
        ],
        "metrics": metrics,
        "environment": {
            "framework": f"lightgbm {lightgbm.__version__}",
            "python": platform.python_version(),
            "device": "cpu",
        },
        "determinism": {"claimed": True, "scope": "same environment, same CPU family"},
    }


def to_json(value: Any) -> bytes:
    """Floats in their shortest form that reads back as the same; no NaN, which is no JSON."""
    return json.dumps(value, separators=(",", ":"), allow_nan=False).encode()


def replace(path: Path, content: bytes) -> None:
    aside = path.with_name(f"{path.name}.partial")
    write_durably(aside, content)
    os.replace(aside, path)
