"""An installation that every history starts, ends and is checked with."""

from collections.abc import Callable
from collections.abc import Set as AbstractSet

from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant

from emojify_core.correction_states import CorrectionState
from emojify_core.storage.corrections.repository import CorrectionRepository
from emojify_core.storage.database.engine import make_engine
from emojify_core.storage.versions.records import Version
from emojify_core.storage.versions.repository import VersionRepository
from support.clock import Clock
from support.databases import Databases
from support.learning import sha256
from support.promises import Known, check, check_past


class Installation(RuleBasedStateMachine):
    """One database, its repositories, and what the test knows about it."""

    def __init__(self, databases: Databases) -> None:
        super().__init__()
        self.databases, self.url = databases, databases.fresh()
        self.known, self.clock = Known(), Clock()
        self.connect()

    def connect(self) -> None:
        """Start a process: an engine and its repositories."""
        self.engine = make_engine(self.url)
        self.corrections = CorrectionRepository(self.engine, self.clock)
        self.versions = VersionRepository(self.engine, self.clock)

    def teardown(self) -> None:
        """Check the past once more, then give the database back."""
        check_past(self.versions, self.known)
        self.engine.dispose()
        self.databases.give_back(self.url)

    @initialize()
    def begin(self) -> None:
        """Install: the shipped model becomes version 1."""
        self.versions.ensure_base(sha256("base"), {})

    @invariant()
    def the_promises_hold(self) -> None:
        """Check all promises after each step."""
        check(self.corrections, self.versions, self.known)

    def in_states(self, states: AbstractSet[CorrectionState]) -> list[str]:
        """Return the ids of all corrections in these states, oldest first."""
        every = self.corrections.page(limit=10_000)[::-1]
        return [one.id for one in every if one.state in states]

    def one_of(self, which: int, states: AbstractSet[CorrectionState]) -> str | None:
        """Return one of these corrections, if there is any."""
        found = self.in_states(states)
        return found[which % len(found)] if found else None

    def appended(self, publish: Callable[[], Version]) -> None:
        """Publish, and record the contents of the new version."""
        new = publish()
        own = [one.id for one in self.corrections.learned_by(new.version)]
        assert new.source
        self.known.contents[new.version] = self.known.contents[new.source] + own
