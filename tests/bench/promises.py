"""The promised figures, and whether the rows of one run keep them."""

from dataclasses import dataclass
from typing import Any

from faults import HEALTH, REDIS_FAULTS
from single_texts import CPU, OURS, PLAIN

PROFILE = (
    "Client, web, worker, Redis and Flower share the processor; [profile.md](profile.md) says how "
    "long each step takes, and what each process needs for a prediction."
)


@dataclass(frozen=True, slots=True)
class Promise:
    """A row, or its ratio to another row, and its bound."""

    name: str
    row: str
    below: str | None
    bound: float
    at_most: bool = True
    unit: str = ""
    missed: str = ""  # the known reason if it is not kept

    def judge(self, figures: dict[str, float]) -> dict[str, Any]:
        """Return whether the promise is kept, in words."""
        measured = figures[self.row] / (figures[self.below] if self.below else 1)
        held = measured <= self.bound if self.at_most else measured >= self.bound
        bound = f"at {'most' if self.at_most else 'least'} {self.bound:g}"
        return {
            "name": self.name,
            "measured": round(measured, 2),
            "unit": self.unit,
            "promise": f"{bound} {self.unit}".strip(),
            "held": held,
            "missed": "" if held else self.missed,
        }


PROMISES = (
    Promise("processor time of a single text", CPU, None, 2, unit="ms", missed=PROFILE),
    Promise("single texts / plain Flask without a queue", OURS, PLAIN, 0.4, at_most=False,
            missed=PROFILE),
    Promise("256-text requests / the engine's best", "HTTP, 256 texts, 4 clients",
            "engine, best", 0.6, at_most=False),
    Promise("start to first right answer over HTTP", "start to first right answer over HTTP",
            None, 10, unit="s"),
    Promise("memory of the prediction worker", "memory: worker", None, 300, unit="MB"),
    Promise("/healthz while every waiting place is taken, p99", f"{HEALTH}, p99",
            None, 100, unit="ms"),
    *(promise for fault in REDIS_FAULTS for promise in (
        Promise(f"{fault}: slowest answer or 503", f"{fault}: slowest answer or 503",
                None, 2, unit="s"),
        Promise(f"{fault}, then back: predictions flow after",
                f"{fault}, then back: predictions flow after", None, 30, unit="s"),
        Promise(f"{fault}: accepted, and never ended", f"{fault}: accepted, and never ended",
                None, 0),
    )),
)  # fmt: skip
