"""The folders of a run. Where they are is the executor's choice: all comes from the environment."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Mapping

from refusal import Refusal


@dataclass(frozen=True)
class Places:
    """Where a run reads and writes."""

    train: Path
    validation: Path
    config: Path
    model: Path
    output: Path
    output_data: Path
    checkpoints: Path


def find_places(environment: Mapping[str, str]) -> Places:
    """Named folders come first: a platform that follows the same names may set only those."""
    base_name = environment.get("PLUMBLINE_BASE_DIR") or environment.get("SAGEMAKER_BASE_DIR")

    def place(variable: str, below_base: str) -> Path:
        named = environment.get(variable)
        if named:
            return Path(named)
        if not base_name:
            raise Refusal(f"neither {variable} nor PLUMBLINE_BASE_DIR is set")
        return Path(base_name) / below_base

    output = find_output(environment)
    return Places(
        train=place("SM_CHANNEL_TRAIN", "input/data/train"),
        validation=place("SM_CHANNEL_VALIDATION", "input/data/validation"),
        config=place("SM_INPUT_CONFIG_DIR", "input/config"),
        model=place("SM_MODEL_DIR", "model"),
        output=output,
        output_data=Path(environment.get("SM_OUTPUT_DATA_DIR") or output / "data"),
        checkpoints=place("AIP_CHECKPOINT_DIR", "checkpoints"),
    )


def find_output(environment: Mapping[str, str]) -> Path:
    """By itself, because it is also where is said that something else is missing."""
    named = environment.get("SM_OUTPUT_DIR")
    if named:
        return Path(named)
    base = environment.get("PLUMBLINE_BASE_DIR") or environment.get("SAGEMAKER_BASE_DIR")
    if not base:
        raise Refusal("neither SM_OUTPUT_DIR nor PLUMBLINE_BASE_DIR is set")
    return Path(base) / "output"
