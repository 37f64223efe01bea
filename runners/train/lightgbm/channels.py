"""The rows of a run's channels, and what its configuration says of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy
import pyarrow
import pyarrow.compute
import pyarrow.parquet

from refusal import Refusal

LABEL = "label"
MAX_FEATURES = 1024
MAX_CONFIG_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True)
class Rows:
    """The rows of one channel: features as the model's input has them, labels as 0 and 1."""

    features: numpy.ndarray
    labels: numpy.ndarray

    @property
    def count(self) -> int:
        return len(self.labels)

    @property
    def has_both_labels(self) -> bool:
        return self.count > 0 and bool((self.labels != self.labels[0]).any())


def read_json(path: Path) -> Any:
    """Reads a configuration file, which is small unless somebody mistook it for another."""
    try:
        if path.stat().st_size > MAX_CONFIG_BYTES:
            raise Refusal(f"{path.name} is larger than {MAX_CONFIG_BYTES} bytes")
        return json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise Refusal(f"{path.name} is missing in the run's configuration") from None
    except ValueError:
        raise Refusal(f"{path.name} is not valid JSON") from None


def read_feature_names(run: Any) -> list[str]:
    """The features in the order of the model's input, from the contract in `run.json`."""
    contract = run.get("contract") if isinstance(run, dict) else None
    features = contract.get("features") if isinstance(contract, dict) else None
    if not isinstance(features, list) or not 1 <= len(features) <= MAX_FEATURES:
        raise Refusal(f"run.json: contract.features must list 1 to {MAX_FEATURES} features")
    names = [feature.get("name") if isinstance(feature, dict) else None for feature in features]
    if not all(isinstance(name, str) and name for name in names):
        raise Refusal("run.json: each of contract.features needs a name")
    if len(set(names)) != len(names) or LABEL in names:
        raise Refusal(f"run.json: names of features must be unique, and none may be {LABEL!r}")
    return names


def read_rows(channel: str, folder: Path, feature_names: list[str]) -> Rows:
    """Reads a channel. What is wrong is told by channel and column, never by a value."""
    path = folder / "data.parquet"
    if not path.is_file():
        raise Refusal(f"channel {channel} has no data.parquet")
    try:
        file = pyarrow.parquet.ParquetFile(path)
    except pyarrow.ArrowException:
        raise Refusal(f"channel {channel}: data.parquet is not a Parquet file") from None
    with file:
        check_columns(channel, file.schema_arrow, feature_names)
        features = numpy.empty((file.metadata.num_rows, len(feature_names)), numpy.float32)
        # One column at a time: a table beside the matrix would double the peak memory.
        for index, name in enumerate(feature_names):
            features[:, index] = file.read([name]).column(0).to_numpy()
        labels = read_labels(channel, file.read([LABEL]).column(0))
    return Rows(features=features, labels=labels)


def check_columns(channel: str, schema: pyarrow.Schema, feature_names: list[str]) -> None:
    """Another type would be rounded here and not where the model is asked: a silent difference."""
    for name in [*feature_names, LABEL]:
        positions = schema.get_all_field_indices(name)
        if len(positions) != 1:
            how_often = "is missing" if not positions else "is there twice"
            raise Refusal(f"channel {channel}: column {name} {how_often}")
        kind = schema.field(positions[0]).type
        if name == LABEL and not pyarrow.types.is_integer(kind):
            raise Refusal(f"channel {channel}: column {name} must be an integer, it is {kind}")
        if name != LABEL and kind != pyarrow.float32():
            raise Refusal(f"channel {channel}: column {name} must be float32, it is {kind}")


def read_labels(channel: str, column: pyarrow.ChunkedArray) -> numpy.ndarray:
    if column.null_count > 0:
        raise Refusal(f"channel {channel}: {column.null_count} rows have no {LABEL}")
    labels = column.to_numpy()
    strange = int(((labels != 0) & (labels != 1)).sum())
    if strange > 0:
        raise Refusal(f"channel {channel}: {strange} rows have a {LABEL} that is neither 0 nor 1")
    return labels.astype(numpy.float32)
