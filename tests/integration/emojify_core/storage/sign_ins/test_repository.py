"""Sign-ins begin, count and end, on both kinds of databases."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from emojify_core.storage.database.sign_in_table import SignInRow
from emojify_core.storage.database.transactions import read_transaction
from emojify_core.storage.sign_ins.repository import SignInRepository
from support.clock import Clock


@pytest.fixture
def sign_ins(engine: Engine, clock: Clock) -> SignInRepository:
    """Return the sign-ins of an empty database."""
    return SignInRepository(engine, clock)


def test_a_sign_in_counts_until_it_ends(sign_ins: SignInRepository) -> None:
    """Ending one leaves the others."""
    first, second = (sign_ins.begin("anna", timedelta(hours=1)) for _ in range(2))
    assert sign_ins.owner(first) == sign_ins.owner(second) == "anna"
    sign_ins.end(first)
    sign_ins.end(first)
    assert (sign_ins.owner(first), sign_ins.owner(second)) == (None, "anna")
    for unknown in ("", "\0", "\ud800", "x" * 10_000):
        assert sign_ins.owner(unknown) is None


def test_a_sign_in_expires_and_is_deleted(sign_ins: SignInRepository, clock: Clock) -> None:
    """The table holds only sign-ins that count. It holds no token."""
    token = sign_ins.begin("anna", timedelta(hours=12))
    clock.forward(hours=12, seconds=-1)
    assert sign_ins.owner(token) == "anna"
    clock.forward(seconds=1)
    assert sign_ins.owner(token) is None
    newer = sign_ins.begin("ben", timedelta(hours=12))
    with read_transaction(sign_ins.engine) as session:
        rows = list(session.scalars(select(SignInRow)))
    assert [row.owner for row in rows] == ["ben"]
    assert newer not in rows[0].token_sha256
