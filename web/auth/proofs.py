"""Proofs in links: whoever has the link may read this one thing, and nothing else."""

import base64
import hashlib
import hmac

from flask import request

PARAMETER = "proof"


class Proofs:
    """Makes and checks the proofs of ids; only a holder of the secret can make one."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def of(self, thing: str) -> str:
        """Return the proof for an id."""
        digest = hmac.new(self._secret, f"proof {thing}".encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest[:18]).decode()

    def shown(self, thing: str) -> str | None:
        """Return the request's proof for an id; None without one, or with a wrong one."""
        given = request.args.get(PARAMETER, "")
        right = hmac.compare_digest(given.encode(errors="replace"), self.of(thing).encode())
        return given if right else None
