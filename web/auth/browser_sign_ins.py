"""Sign-ins of browsers: the cookie holds a random token, and the database knows whether it counts.

A signed cookie alone could be replayed after signing out.
"""

from datetime import timedelta

from flask import g, session

from emojify_core.storage.sign_ins.repository import SignInRepository


class BrowserSignIns:
    """Sign-ins of one kind, such as the administrator's. Raises StorageUnavailableError."""

    def __init__(self, repository: SignInRepository, kind: str, lifetime: timedelta) -> None:
        self._repository, self._kind, self._lifetime = repository, kind, lifetime

    def begin(self, owner: str) -> None:
        """Sign this browser in. An earlier sign-in of this browser and kind ends."""
        self.end()
        session[self._kind] = self._repository.begin(owner, self._lifetime)
        session.permanent = True

    def owner(self) -> str | None:
        """Return who signed in with this browser; None if nobody did, or it has ended."""
        token = session.get(self._kind)
        if not isinstance(token, str):
            return None
        known: dict[str, str | None] = g.setdefault("sign_ins", {})  # for this request alone
        if token not in known:
            known[token] = self._repository.owner(token)
        return known[token]

    def end(self) -> None:
        """Sign this browser out, and every copy of its cookie."""
        token = session.get(self._kind)
        if isinstance(token, str):
            # First: if the database does not answer, the browser can try again.
            self._repository.end(token)
            g.pop("sign_ins", None)
        session.pop(self._kind, None)
