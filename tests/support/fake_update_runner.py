"""An update runner without TensorFlow; it records the corrections of each model."""

import hashlib
import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from emojify_core.labels import LABELS
from emojify_core.ml.correction_learning.bisection import Refused
from emojify_core.ml.correction_learning.labelled_text import LabelledText, merge
from emojify_core.storage.corrections.records import Correction
from emojify_core.storage.versions.records import Version
from support.learning import AFTER, BEFORE, sha256

BASE_FILES = sha256("base")


@dataclass(frozen=True)
class Receipt:
    """The receipt of a learned correction."""

    before: tuple[float, ...] = BEFORE
    after: tuple[float, ...] = AFTER


@dataclass(frozen=True)
class Manifest:
    """The part of a manifest that `publish` reads."""

    sha256: str
    metrics: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Verdict:
    """The part of the gate's verdict that `publish` reads."""

    figures: dict[str, Any]


@dataclass(frozen=True)
class Update:
    """The fields of emojify_core.ml.correction_learning.update.Update."""

    manifest: Manifest | None
    verdict: Verdict | None
    refusals: tuple[Refused, ...]
    receipts: dict[str, Receipt]
    repeats: dict[str, str]
    superseded: dict[str, str]
    refused: dict[str, str]
    put_off: tuple[str, ...]
    seconds: float = 1.5


@dataclass
class FakeUpdateRunner:
    """A word in a correction's text decides the result.

    "poison" makes training fail, "harm" makes the gate refuse, "unknown" is refused before
    training, and "much" is put off while there are others. All other texts are learned.
    """

    folder: Path
    models: dict[str, list[str]] = field(default_factory=lambda: {BASE_FILES: []})
    groups: list[list[str]] = field(default_factory=list)  # ids of each update
    during_training: Callable[[], object] = lambda: None  # called once, in the next update
    harmful: set[str] = field(default_factory=set)  # more ids that the gate refuses
    sure_of: frozenset[int] = frozenset()  # labels of which the model is sure, for every text
    problem: str = ""

    def confident_labels(self, live: Version, texts: Sequence[str]) -> list[frozenset[int]]:
        """See UpdateRunner."""
        assert live.sha256 in self.models
        return [self.sure_of] * len(texts)

    @contextmanager
    def run(
        self,
        start: Version,
        corrections: Sequence[Correction],
        earlier: Sequence[Correction],
        on_step: Callable[[str], None],
        seconds: float = 0,
    ) -> Iterator[tuple[Update, Path]]:
        """See UpdateRunner. It needs no time."""
        del seconds
        self.groups.append([each.id for each in corrections])
        assert {each.id for each in earlier} <= set(self.models[start.sha256])
        on_step("loaded")
        labelled = [
            LabelledText(each.id, each.text, LABELS.index(each.label)) for each in corrections
        ]
        merged = merge(labelled)
        if any("poison" in one.text.casefold() for one in merged.kept):
            raise RuntimeError("poisoned")
        on_step("trained")
        during_training, self.during_training = self.during_training, lambda: None
        during_training()
        on_step("judged")
        update = self._decide(start, merged.kept, merged.repeats, merged.superseded)
        out = Path(tempfile.mkdtemp(dir=self.folder))
        if update.manifest:
            data = {"update": {"parent": start.sha256}}
            about = {"sha256": update.manifest.sha256, "data": data}
            (out / "manifest.json").write_text(json.dumps(about))
            on_step("written")
        yield update, out

    def _decide(
        self,
        start: Version,
        kept: Sequence[LabelledText],
        repeats: dict[str, str],
        superseded: dict[str, str],
    ) -> Update:
        unknown = {one.id: "Unknown." for one in kept if "unknown" in one.text.casefold()}
        harm = [one.id for one in kept if "harm" in one.text.casefold() or {one.id} & self.harmful]
        much = [one.id for one in kept if "much" in one.text.casefold()] if len(kept) > 1 else []
        learned = [one.id for one in kept if one.id not in {*unknown, *harm, *much}]
        refusals = [Refused((one,), "Harm.", {"worse": 9}) for one in harm]
        if harm and learned:
            refusals.insert(0, Refused((*learned, *harm), "Harm.", {"worse": 9}))
        manifest = None
        if learned:
            whole = [*learned, *(one for one, like in repeats.items() if like in learned)]
            name = hashlib.sha256(f"{start.sha256} {sorted(whole)}".encode()).hexdigest()
            self.models[name] = [*self.models[start.sha256], *whole]
            manifest = Manifest(name, {"of": len(learned)})
        return Update(
            manifest,
            Verdict({"passed": manifest is not None}) if learned or harm else None,
            tuple(refusals),
            dict.fromkeys(learned, Receipt()),
            repeats,
            superseded,
            unknown | dict.fromkeys(harm, "Harm."),
            tuple(much),
        )
