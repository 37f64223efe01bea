"""One training, from the channels to the model."""

from __future__ import annotations

import time
from typing import Mapping

from boosting import Boosting, Hooks, Interrupted
from channels import Rows, read_feature_names, read_json, read_rows
from checkpoints import Checkpoint, Checkpoints
from parameters import Parameters
from places import Places
from progress import Progress
from refusal import Refusal
from results import write_results
from stop import Stop, Stopped

# Boundaries may come every few milliseconds, and a checkpoint waits for the disk.
CHECKPOINT_EVERY_SECONDS = 5.0


def run_training(
    environment: Mapping[str, str], places: Places, parameters: Parameters, stop: Stop
) -> None:
    feature_names = read_feature_names(read_json(places.config / "run.json"))
    train = read_rows("train", places.train, feature_names)
    validation = read_rows("validation", places.validation, feature_names)
    check_labels(train, validation, parameters)
    stop.end_if_requested()

    boosting = Boosting(parameters, train, validation)
    checkpoints = Checkpoints(places.checkpoints, to_identity(environment, parameters))
    progress = Progress(places.output, parameters.rounds)
    if environment.get("PLUMBLINE_RESUME") == "1":
        resume(boosting, checkpoints, progress)
    boost(boosting, checkpoints, progress, stop)
    write_results(places, boosting, train, validation, feature_names)
    progress.report(parameters.rounds, {})


def check_labels(train: Rows, validation: Rows, parameters: Parameters) -> None:
    if not train.has_both_labels:
        raise Refusal("channel train needs rows of both labels: there is nothing to tell apart")
    if parameters.patience > 0 and not validation.has_both_labels:
        raise Refusal("early_stopping_round needs rows of both labels in channel validation")


def to_identity(
    environment: Mapping[str, str], parameters: Parameters
) -> dict[str, str | int | None]:
    """What a checkpoint must be of, to be one of this run."""
    return {
        "specDigest": environment.get("PLUMBLINE_SPEC_DIGEST"),
        "snapshotDigest": environment.get("PLUMBLINE_SNAPSHOT_DIGEST"),
        "trainerDigest": environment.get("PLUMBLINE_TRAINER_DIGEST"),
        "parametersDigest": parameters.digest,
        "seed": parameters.seed,
    }


def resume(boosting: Boosting, checkpoints: Checkpoints, progress: Progress) -> None:
    found = checkpoints.find_latest()
    if found.checkpoint is None:
        progress.announce(f"starts afresh: {found.why or 'there is no checkpoint'}")
        return
    boosting.restore(found.checkpoint.state)
    progress.start_at(boosting.rounds)
    progress.announce(f"resumed at step {boosting.rounds}")


def boost(boosting: Boosting, checkpoints: Checkpoints, progress: Progress, stop: Stop) -> None:
    # The first boundary is saved at once: with it, a killed run is not a lost one.
    saved_at: float | None = None

    def after_segment(step: int, state: object) -> None:
        nonlocal saved_at
        now = time.monotonic()
        is_due = saved_at is None or now - saved_at >= CHECKPOINT_EVERY_SECONDS
        if not is_due and not stop.is_requested:
            return
        checkpoints.save(Checkpoint(step, state))
        saved_at = time.monotonic()
        stop.end_if_requested()

    try:
        boosting.run(Hooks(progress.report, after_segment, stop.is_urgent))
    except Interrupted:
        raise Stopped from None
