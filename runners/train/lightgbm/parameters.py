"""What a model's author may choose, and what follows from the run alone."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Mapping

from refusal import Refusal

MAX_SEED = 2**32 - 1


@dataclass(frozen=True)
class Rule:
    """A number with its bounds, both included."""

    kind: type
    low: float
    high: float
    default: float


TINY = 1e-12

# Everything else that LightGBM can be told would change what is trained, where it reads or how it
# repeats itself: an unknown name is refused instead of being passed on.
RULES: Mapping[str, Rule] = {
    "num_leaves": Rule(int, 2, 4096, 31),
    "learning_rate": Rule(float, TINY, 10, 0.1),
    "num_boost_round": Rule(int, 1, 20_000, 100),
    "min_data_in_leaf": Rule(int, 0, 2**31 - 1, 20),
    "max_depth": Rule(int, -1, 4096, -1),
    "lambda_l1": Rule(float, 0, 1e12, 0),
    "lambda_l2": Rule(float, 0, 1e12, 0),
    "feature_fraction": Rule(float, TINY, 1, 1),
    "bagging_fraction": Rule(float, TINY, 1, 1),
    "bagging_freq": Rule(int, 0, 20_000, 0),
    "min_gain_to_split": Rule(float, 0, 1e12, 0),
    "max_bin": Rule(int, 2, 65_535, 255),
    "scale_pos_weight": Rule(float, TINY, 1e12, 1),
    "early_stopping_round": Rule(int, 0, 20_000, 0),
}

# Megabytes. Without a bound LightGBM keeps a histogram of each feature for each leaf: 4,096 leaves of
# twelve features with 65,535 bins are fifty gigabytes.
HISTOGRAM_POOL_MB = 1024

# How the loop runs, which LightGBM itself is not told.
OF_THE_LOOP = ("num_boost_round", "early_stopping_round")


@dataclass(frozen=True)
class Parameters:
    values: Mapping[str, int | float]
    seed: int
    threads: int

    @property
    def rounds(self) -> int:
        return int(self.values["num_boost_round"])

    @property
    def patience(self) -> int:
        """Rounds without a better validation result before it stops; 0 never stops early."""
        return int(self.values["early_stopping_round"])

    @property
    def digest(self) -> str:
        text = json.dumps(dict(self.values), sort_keys=True, separators=(",", ":"))
        return "sha256:" + hashlib.sha256(text.encode()).hexdigest()

    def for_dataset(self) -> dict[str, Any]:
        """Binning looks at a sample of the rows, which the seed picks."""
        return {
            **self._for_all(),
            "max_bin": self.values["max_bin"],
            "min_data_in_leaf": self.values["min_data_in_leaf"],
            "data_random_seed": self.derive_seed("data"),
        }

    def for_segment(self, segment: int) -> dict[str, Any]:
        """Each segment draws anew from its own seeds, so that no generator's state is carried on."""
        chosen = {name: value for name, value in self.values.items() if name not in OF_THE_LOOP}
        seeds = {
            name: self.derive_seed(f"{name}:{segment}")
            for name in ("bagging_seed", "feature_fraction_seed", "extra_seed", "objective_seed")
        }
        return {**self.for_dataset(), **chosen, **seeds, "objective": "binary", "metric": "none"}

    def _for_all(self) -> dict[str, Any]:
        return {
            "deterministic": True,
            # Without it, LightGBM measures at run time which layout is faster, and may differ.
            "force_row_wise": True,
            "num_threads": self.threads,
            "histogram_pool_size": HISTOGRAM_POOL_MB,
            "verbosity": -1,
        }

    def derive_seed(self, purpose: str) -> int:
        """LightGBM's seeds are signed 32-bit integers; ours is unsigned."""
        digest = hashlib.sha256(f"{self.seed}:{purpose}".encode()).digest()
        return int.from_bytes(digest[:4], "big") & 0x7FFFFFFF


def read_parameters(environment: Mapping[str, str], config: Path) -> Parameters:
    return Parameters(
        values=parse_hyperparameters(read_given(environment, config)),
        seed=parse_whole(environment.get("PLUMBLINE_SEED"), "PLUMBLINE_SEED", 0, MAX_SEED),
        threads=parse_whole(environment.get("OMP_NUM_THREADS", "1"), "OMP_NUM_THREADS", 1, 1024),
    )


def read_given(environment: Mapping[str, str], config: Path) -> Any:
    inlined = environment.get("SM_HPS")
    path = config / "hyperparameters.json"
    if not inlined and not path.exists():
        return {}
    try:
        return json.loads(inlined if inlined else path.read_text("utf-8"))
    except ValueError:
        raise Refusal("the hyperparameters are not valid JSON") from None


def parse_hyperparameters(given: Any) -> dict[str, int | float]:
    """Every value, given or not, in one order: the defaults are part of what a run depends on."""
    if not isinstance(given, dict):
        raise Refusal("the hyperparameters must be one flat JSON object")
    unknown = sorted(name for name in given if name not in RULES)
    if unknown:
        names = ", ".join(name[:64] for name in unknown[:5])
        raise Refusal(f"unknown hyperparameter: {names}. Known are: {', '.join(RULES)}")
    return {
        name: parse_number(name, given[name], rule) if name in given else rule.kind(rule.default)
        for name, rule in RULES.items()
    }


def parse_number(name: str, value: Any, rule: Rule) -> int | float:
    """Values are texts by the contract; a platform that types them is understood as well."""
    wanted = "a whole number" if rule.kind is int else "a number"
    bounds = f"hyperparameter {name} must be {wanted} from {rule.low:g} to {rule.high:g}"
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise Refusal(bounds)
    try:
        number = float(value)
    except (ValueError, OverflowError):
        raise Refusal(bounds) from None
    if not math.isfinite(number) or not rule.low <= number <= rule.high:
        raise Refusal(bounds)
    if rule.kind is int and number != int(number):
        raise Refusal(bounds)
    return rule.kind(number)


def parse_whole(text: str | None, name: str, low: int, high: int) -> int:
    if text is None or not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
        raise Refusal(f"{name} must be a whole number from {low} to {high}")
    return int(text)
