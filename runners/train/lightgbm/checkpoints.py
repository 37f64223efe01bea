"""What survives an attempt. A torn checkpoint is never the latest one."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Mapping

STATE = "state.json"
LATEST = "LATEST"
MAX_STATE_BYTES = 4 * 1024 * 1024 * 1024
MAX_LATEST_BYTES = 64 * 1024


@dataclass(frozen=True)
class Checkpoint:
    step: int
    state: Any


@dataclass(frozen=True)
class Found:
    """Without a checkpoint, `why` says what is wrong with the one that lies there, if one does."""

    checkpoint: Checkpoint | None
    why: str | None


class Checkpoints:
    """Checkpoints of one run: of this model, data, trainer, parameters and seed, or of none."""

    def __init__(self, folder: Path, identity: Mapping[str, str | int | None]) -> None:
        self._folder = folder
        self._identity = dict(identity)

    def save(self, checkpoint: Checkpoint) -> None:
        name = str(checkpoint.step)
        partial = self._folder / f"{name}.partial"
        final = self._folder / name
        shutil.rmtree(partial, ignore_errors=True)
        shutil.rmtree(final, ignore_errors=True)
        partial.mkdir(parents=True)
        content = json.dumps(checkpoint.state, separators=(",", ":")).encode()
        write_durably(partial / STATE, content)
        sync_folder(partial)
        os.rename(partial, final)
        sync_folder(self._folder)
        self._point_to(checkpoint.step, name, content)
        self._keep_only(name)

    def _point_to(self, step: int, name: str, content: bytes) -> None:
        latest = {
            "step": step,
            "path": name,
            "files": {STATE: to_digest(content)},
            **self._identity,
        }
        aside = self._folder / f"{LATEST}.partial"
        write_durably(aside, json.dumps(latest, separators=(",", ":")).encode())
        os.replace(aside, self._folder / LATEST)
        sync_folder(self._folder)

    def _keep_only(self, latest: str) -> None:
        """The latest and the two before it: the disk may turn out to have lost the newest."""
        steps = [int(entry.name) for entry in self._folder.iterdir() if entry.name.isdigit()]
        older = sorted((step for step in steps if step != int(latest)), reverse=True)
        for step in older[2:]:
            shutil.rmtree(self._folder / str(step), ignore_errors=True)

    def find_latest(self) -> Found:
        path = self._folder / LATEST
        if not path.exists():
            return Found(None, None)
        try:
            return self._read_latest(path)
        except (OSError, ValueError, KeyError, TypeError):
            return Found(None, "the latest checkpoint cannot be read")

    def _read_latest(self, path: Path) -> Found:
        if path.stat().st_size > MAX_LATEST_BYTES:
            return Found(None, f"{LATEST} is too large")
        latest = json.loads(path.read_text("utf-8"))
        for name, value in self._identity.items():
            if latest.get(name) != value:
                return Found(None, f"the latest checkpoint is of another {name}")
        step = latest["step"]
        # The path is ours to choose: one from the file could lead anywhere.
        if not isinstance(step, int) or step < 0 or latest["path"] != str(step):
            return Found(None, f"{LATEST} does not name a step")
        state = self._folder / str(step) / STATE
        if state.stat().st_size > MAX_STATE_BYTES:
            return Found(None, "the latest checkpoint is too large")
        content = state.read_bytes()
        if to_digest(content) != latest["files"][STATE]:
            return Found(None, "the latest checkpoint is damaged")
        return Found(Checkpoint(step, json.loads(content)), None)


def to_digest(content: bytes) -> str:
    return "sha256:" + hashlib.sha256(content).hexdigest()


def write_durably(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
