"""A teacher that learns at once, and knows what each of its models holds."""

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
from emojify_core.storage.corrections.records import Correction, Version
from support.learning import AFTER, BEFORE, sha256

BASE_FILES = sha256("base")


@dataclass(frozen=True)
class Receipt:
    """As the real teacher gives it."""

    before: tuple[float, ...] = BEFORE
    after: tuple[float, ...] = AFTER


@dataclass(frozen=True)
class Manifest:
    """What publishing reads of a model's manifest."""

    sha256: str
    metrics: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Verdict:
    """What publishing reads of the gate's verdict."""

    figures: dict[str, Any]


@dataclass(frozen=True)
class Update:
    """What came of a teaching, as emojify_core.ml.correction_learning.update.Update says it."""

    manifest: Manifest | None
    verdict: Verdict | None
    refusals: tuple[Refused, ...]
    receipts: dict[str, Receipt]
    repeats: dict[str, str]
    superseded: dict[str, str]
    refused: dict[str, str]
    put_off: tuple[str, ...]


@dataclass
class FakeTeacher:
    """What a text says decides what becomes of it.

    With "poison" in it training breaks, with "harm" the gate refuses, with "unknown" it is not
    even tried, with "much" it is put off as long as there are others. All others are learned.
    """

    folder: Path
    models: dict[str, list[str]] = field(default_factory=lambda: {BASE_FILES: []})
    taught: list[list[str]] = field(default_factory=list)  # ids, teaching by teaching
    meanwhile: Callable[[], object] = lambda: None  # happens once, while the next model is made
    harmful: set[str] = field(default_factory=set)  # ids in which it finds harm as well
    problem: str = ""

    @contextmanager
    def teach(
        self,
        start: Version,
        corrections: Sequence[Correction],
        earlier: Sequence[Correction],
        on_step: Callable[[str], None],
    ) -> Iterator[tuple[Update, Path]]:
        """See Teacher."""
        self.taught.append([each.id for each in corrections])
        assert {each.id for each in earlier} <= set(self.models[start.sha256])
        on_step("loaded")
        labelled = [
            LabelledText(each.id, each.text, LABELS.index(each.label)) for each in corrections
        ]
        merged = merge(labelled)
        if any("poison" in one.text.casefold() for one in merged.kept):
            raise RuntimeError("poisoned")
        on_step("trained")
        meanwhile, self.meanwhile = self.meanwhile, lambda: None
        meanwhile()
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
