"""How a run hears that it should end."""

from __future__ import annotations

import signal
import time
from types import FrameType

# A segment is finished after the request to stop when that takes no longer than this: it is well
# below any grace, and a boundary is worth a checkpoint.
FINISH_WITHIN_SECONDS = 5.0


class Stopped(Exception):
    """It ended because it was asked to."""


class Stop:
    """Whether somebody asked this process to end, and since when."""

    def __init__(self) -> None:
        self._requested_at: float | None = None
        signal.signal(signal.SIGTERM, self._request)

    def _request(self, _number: int, _frame: FrameType | None) -> None:
        if self._requested_at is None:
            self._requested_at = time.monotonic()

    @property
    def is_requested(self) -> bool:
        return self._requested_at is not None

    def is_urgent(self) -> bool:
        requested_at = self._requested_at
        if requested_at is None:
            return False
        return time.monotonic() - requested_at > FINISH_WITHIN_SECONDS

    def end_if_requested(self) -> None:
        if self.is_requested:
            raise Stopped
