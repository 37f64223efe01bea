"""Trains a LightGBM model behind the runner contract and writes it as ONNX.

This file is the process: its signal, its exit code and its last words. `training` is the work.
"""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path
from typing import Mapping

# Isolated mode leaves the program's own folder out, and the program is more than one file.
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from parameters import read_parameters  # noqa: E402
from places import find_output, find_places  # noqa: E402
from refusal import Refusal  # noqa: E402
from stop import Stop, Stopped  # noqa: E402

EXIT_REFUSED = 10
EXIT_FAILED = 1
EXIT_STOPPED = 143

FAILURE = "failure"
MAX_FAILURE_CHARACTERS = 1024


def train(environment: Mapping[str, str], stop: Stop) -> None:
    places = find_places(environment)
    for folder in (places.model, places.output, places.output_data, places.checkpoints):
        folder.mkdir(parents=True, exist_ok=True)
    # An earlier attempt's reason is none of this one's.
    (places.output / FAILURE).unlink(missing_ok=True)
    parameters = read_parameters(environment, places.config)

    # Only now, because its libraries take a second to load: a mistake in the parameters shows
    # without them, and the signal is heard meanwhile.
    from training import run_training

    run_training(environment, places, parameters, stop)


def check_environment() -> None:
    """Loads all that a training loads, so that a missing library shows before the first run."""
    import training  # noqa: F401


def write_failure(environment: Mapping[str, str], text: str) -> None:
    """For people, outside the zone: no value of a row gets here, so no foreign message does."""
    print(text, file=sys.stderr)
    try:
        folder = find_output(environment)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / FAILURE).write_text(text[:MAX_FAILURE_CHARACTERS], "utf-8")
    except (OSError, Refusal):
        # The exit code still says what kind of failure it was.
        pass


def describe(error: BaseException) -> str:
    """Its kind and place alone: a message of a library may quote what it was working on."""
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames]
    return f"training failed with {type(error).__name__} at {' > '.join(places[-8:])}"


def main(environment: Mapping[str, str], arguments: list[str]) -> int:
    if arguments == ["--check"]:
        check_environment()
        return 0
    stop = Stop()
    try:
        train(environment, stop)
    except Stopped:
        return EXIT_STOPPED
    except Refusal as refusal:
        write_failure(environment, str(refusal))
        return EXIT_REFUSED
    except Exception as error:
        write_failure(environment, describe(error))
        return EXIT_FAILED
    return 0


if __name__ == "__main__":
    sys.exit(main(dict(os.environ), sys.argv[1:]))
