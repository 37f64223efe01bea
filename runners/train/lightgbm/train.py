"""Trains a LightGBM model behind the runner contract and writes it as ONNX."""

from __future__ import annotations

import os
import signal
import sys
import time
import traceback
from pathlib import Path
from types import FrameType

# Isolated mode leaves the program's own folder out, and the program is more than one file.
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from refusal import Refusal  # noqa: E402

EXIT_REFUSED = 10
EXIT_FAILED = 1
EXIT_STOPPED = 143
FAILURE = "failure"
MAX_FAILURE_CHARACTERS = 1024

# A segment is finished after the request to stop when that takes no longer than this: it is well
# below any grace, and a boundary is worth a checkpoint.
FINISH_WITHIN_SECONDS = 5.0
# Boundaries may come every few milliseconds, and a checkpoint waits for the disk.
CHECKPOINT_EVERY_SECONDS = 5.0


class Stop:
    """Whether somebody asked this process to end, and since when."""

    def __init__(self) -> None:
        self.requested_at: float | None = None
        signal.signal(signal.SIGTERM, self._request)

    def _request(self, _number: int, _frame: FrameType | None) -> None:
        if self.requested_at is None:
            self.requested_at = time.monotonic()

    @property
    def is_requested(self) -> bool:
        return self.requested_at is not None

    def is_urgent(self) -> bool:
        requested_at = self.requested_at
        if requested_at is None:
            return False
        return time.monotonic() - requested_at > FINISH_WITHIN_SECONDS


class Stopped(Exception):
    """It ended because it was asked to."""


def train(environment: dict[str, str], stop: Stop) -> None:
    # They take a second to load, and the signal must be heard from the start.
    from boosting import Boosting
    from channels import read_feature_names, read_json, read_rows
    from checkpoints import Checkpoints
    from parameters import read_parameters
    from places import find_places
    from progress import Progress
    from results import write_results

    places = find_places(environment)
    for folder in (places.model, places.output, places.output_data, places.checkpoints):
        folder.mkdir(parents=True, exist_ok=True)
    # An earlier attempt's reason is none of this one's.
    (places.output / FAILURE).unlink(missing_ok=True)
    parameters = read_parameters(environment, places.config)
    feature_names = read_feature_names(read_json(places.config / "run.json"))
    rows = read_rows("train", places.train, feature_names)
    validation = read_rows("validation", places.validation, feature_names)
    check_rows(rows, validation, parameters.patience)
    end_if_asked(stop)

    boosting = Boosting(parameters, rows, validation)
    checkpoints = Checkpoints(places.checkpoints, to_identity(environment, parameters))
    progress = Progress(places.output, parameters.rounds)
    if environment.get("PLUMBLINE_RESUME") == "1":
        resume(boosting, checkpoints, progress)
    boost(boosting, checkpoints, progress, stop)
    write_results(places, boosting, rows, validation, feature_names)
    progress.report(parameters.rounds, {})


def check_rows(rows, validation, patience: int) -> None:
    if not rows.has_both_labels:
        raise Refusal("channel train needs rows of both labels; there is nothing to tell apart")
    if patience > 0 and not validation.has_both_labels:
        raise Refusal("early_stopping_round needs rows of both labels in channel validation")


def to_identity(environment: dict[str, str], parameters) -> dict[str, str | int | None]:
    return {
        "specDigest": environment.get("PLUMBLINE_SPEC_DIGEST"),
        "snapshotDigest": environment.get("PLUMBLINE_SNAPSHOT_DIGEST"),
        "trainerDigest": environment.get("PLUMBLINE_TRAINER_DIGEST"),
        "parametersDigest": parameters.digest,
        "seed": parameters.seed,
    }


def resume(boosting, checkpoints, progress) -> None:
    found = checkpoints.find_latest()
    if found.checkpoint is None:
        progress.announce(f"starts afresh: {found.why or 'there is no checkpoint'}")
        return
    boosting.restore(found.checkpoint.state)
    progress.start_at(boosting.rounds)
    progress.announce(f"resumed at step {boosting.rounds}")


def boost(boosting, checkpoints, progress, stop: Stop) -> None:
    from boosting import Hooks, Interrupted
    from checkpoints import Checkpoint

    saved_at = time.monotonic()

    def after_segment(step: int, state: object) -> None:
        nonlocal saved_at
        if not stop.is_requested and time.monotonic() - saved_at < CHECKPOINT_EVERY_SECONDS:
            return
        checkpoints.save(Checkpoint(step, state))
        saved_at = time.monotonic()
        end_if_asked(stop)

    try:
        boosting.run(Hooks(progress.report, after_segment, stop.is_urgent))
    except Interrupted:
        raise Stopped from None


def end_if_asked(stop: Stop) -> None:
    if stop.is_requested:
        raise Stopped


def write_failure(environment: dict[str, str], text: str) -> None:
    """For people, outside the zone: no value of a row gets here, so no foreign message does."""
    print(text, file=sys.stderr)
    try:
        from places import find_output

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


def check_environment() -> None:
    """Loads all that a training loads, so that a missing library shows before the first run."""
    import boosting  # noqa: F401
    import results  # noqa: F401


def main(environment: dict[str, str], arguments: list[str]) -> int:
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
