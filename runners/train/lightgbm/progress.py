"""What a run says while it goes on."""

from __future__ import annotations

import json
import os
import time
from datetime import datetime, timezone
from pathlib import Path
from typing import Mapping

MIN_INTERVAL_SECONDS = 1.0
MAX_MESSAGE_CHARACTERS = 512
MAX_FILE_BYTES = 8 * 1024 * 1024


class Progress:
    """Appends at most one line a second to `progress.jsonl`.

    A failure to report never fails the training.
    """

    def __init__(self, folder: Path, total_steps: int) -> None:
        self._path = folder / "progress.jsonl"
        self._total_steps = total_steps
        self._started = time.monotonic()
        self._first_step = 0
        self._last_written: float | None = None
        self._message: str | None = None

    def start_at(self, step: int) -> None:
        """Steps of an earlier attempt say nothing about how fast this one is."""
        self._first_step = step
        self._started = time.monotonic()

    def announce(self, message: str) -> None:
        """Is part of the next line, whenever that may be written."""
        self._message = message[:MAX_MESSAGE_CHARACTERS]

    def report(self, step: int, metrics: Mapping[str, float]) -> None:
        now = time.monotonic()
        if self._last_written is not None and now - self._last_written < MIN_INTERVAL_SECONDS:
            return
        self._last_written = now
        line = json.dumps(self._to_line(step, metrics, now), separators=(",", ":")) + "\n"
        try:
            self._write(line)
        except OSError:
            return
        self._message = None

    def _to_line(self, step: int, metrics: Mapping[str, float], now: float) -> dict[str, object]:
        done = step - self._first_step
        seconds_per_step = (now - self._started) / done if done > 0 else None
        line: dict[str, object] = {
            "time": datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "progressPercentage": 100 * step // self._total_steps,
            "step": step,
            "metrics": [{"name": name, "value": repr(value)} for name, value in metrics.items()],
        }
        if seconds_per_step is not None:
            remaining = (self._total_steps - step) * seconds_per_step
            line["estimatedRemainingSeconds"] = round(remaining)
        if self._message is not None:
            line["message"] = self._message
        return line

    def _write(self, line: str) -> None:
        size = self._path.stat().st_size if self._path.exists() else 0
        if size + len(line) <= MAX_FILE_BYTES:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(line)
            return
        aside = self._path.with_suffix(".partial")
        aside.write_text(line, "utf-8")
        os.replace(aside, self._path)
