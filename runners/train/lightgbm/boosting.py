"""The boosting itself, in segments, so that a resumed run is the same function.

LightGBM cannot write down the state of its generators or its running sums. So a run never depends
on them for long: every SEGMENT_ROUNDS rounds, interrupted or not, it goes on as a fresh booster on
the margins so far, with seeds of that segment. What lies between two segments is text alone, and an
attempt that starts from the text computes what the first attempt would have computed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable

import lightgbm
import numpy

from channels import Rows
from export_onnx import Tree, parse_trees
from metrics import measure_auc
from parameters import Parameters

SEGMENT_ROUNDS = 20


class Interrupted(Exception):
    """Somebody asked it to stop, and the segment could not be finished in time."""


@dataclass
class Best:
    """The round with the best validation result so far; None before the first."""

    rounds: int = 0
    auc: float | None = None


@dataclass(frozen=True)
class Hooks:
    """What the loop tells and asks."""

    after_round: Callable[[int, dict[str, float]], None]
    after_segment: Callable[[int, Any], None]
    must_stop_now: Callable[[], bool]


class Boosting:
    """Grows trees segment by segment and remembers the margins of both channels."""

    def __init__(self, parameters: Parameters, train: Rows, validation: Rows) -> None:
        self._parameters = parameters
        self._train = train
        self._validation = validation
        self._dataset = lightgbm.Dataset(
            train.features, train.labels, params=parameters.for_dataset(), free_raw_data=False
        ).construct()
        self._train_margins = numpy.zeros(train.count)
        self._validation_margins = numpy.zeros(validation.count)
        self._segments: list[str] = []
        self._rounds = 0
        self._best = Best()
        self._has_ended = False

    @property
    def rounds(self) -> int:
        return self._rounds

    def restore(self, state: Any) -> None:
        """Continues from what `to_state` gave. The margins are added up in the same order."""
        for text in state["segments"]:
            self._append(text)
        self._best = Best(state["best"]["rounds"], state["best"]["auc"])
        self._has_ended = state["ended"]

    def to_state(self) -> Any:
        best = {"rounds": self._best.rounds, "auc": self._best.auc}
        return {"segments": self._segments, "best": best, "ended": self._has_ended}

    def run(self, hooks: Hooks) -> None:
        while not self._has_ended:
            text = self._grow_segment(hooks)
            before = self._rounds
            self._append(text)
            if self._rounds == before or self._rounds >= self._parameters.rounds:
                self._has_ended = True
            hooks.after_segment(self._rounds, self.to_state())

    def _grow_segment(self, hooks: Hooks) -> str:
        """Gives the segment's trees as text; without any when there is nothing left to learn."""
        index = len(self._segments)
        if index > 0:
            self._dataset.set_init_score(self._train_margins)
        booster = lightgbm.Booster(self._parameters.for_segment(index), self._dataset)
        rounds = min(SEGMENT_ROUNDS, self._parameters.rounds - self._rounds)
        for done in range(1, rounds + 1):
            if hooks.must_stop_now():
                raise Interrupted
            found_nothing = booster.update()
            if found_nothing:
                self._has_ended = True
                break
            hooks.after_round(self._rounds + done, self._judge(booster, done))
            if self._has_ended:
                break
        return booster.model_to_string(num_iteration=-1)

    def _judge(self, booster: lightgbm.Booster, done: int) -> dict[str, float]:
        """Only early stopping needs to look at every round."""
        if self._parameters.patience == 0:
            return {}
        margins = self._validation_margins + predict(booster, self._validation, done)
        auc = measure_auc(self._validation.labels, margins)
        round_number = self._rounds + done
        if self._best.auc is None or auc > self._best.auc:
            self._best = Best(round_number, auc)
        elif round_number - self._best.rounds >= self._parameters.patience:
            self._has_ended = True
        return {"validation-auc": auc}

    def _append(self, text: str) -> None:
        """By way of the text also when it was just grown: a resumed run has nothing else."""
        booster = lightgbm.Booster(model_str=text)
        count = booster.current_iteration()
        if count > 0:
            self._train_margins += predict(booster, self._train, count)
            self._validation_margins += predict(booster, self._validation, count)
        self._segments.append(text)
        self._rounds += count

    def _kept_rounds(self) -> int:
        return self._best.rounds if self._best.rounds > 0 else self._rounds

    def to_trees(self) -> list[Tree]:
        trees = [tree for text in self._segments for tree in parse_trees(text)]
        return trees[: self._kept_rounds()]

    def train_margins(self) -> numpy.ndarray:
        """By the trees that are kept, as LightGBM itself evaluates them."""
        return self._keep(self._train, self._train_margins)

    def validation_margins(self) -> numpy.ndarray:
        return self._keep(self._validation, self._validation_margins)

    def _keep(self, rows: Rows, margins_of_all: numpy.ndarray) -> numpy.ndarray:
        """What is known already is not computed again: on many rows that takes a while."""
        left = self._kept_rounds()
        if left == self._rounds:
            return margins_of_all
        margins = numpy.zeros(rows.count)
        for text in self._segments:
            booster = lightgbm.Booster(model_str=text)
            count = min(left, booster.current_iteration())
            if count > 0:
                margins += predict(booster, rows, count)
            left -= count
        return margins


def predict(booster: lightgbm.Booster, rows: Rows, rounds: int) -> numpy.ndarray:
    if rows.count == 0:
        return numpy.zeros(0)
    return booster.predict(rows.features, raw_score=True, num_iteration=rounds)
