"""The hosts that the page, the API and Flower answer to: a defense against DNS rebinding.

A website can point its own name at 127.0.0.1. Its visitor's browser then treats our page as the
website's own, so no check of the origin helps. The request still carries the website's name.
"""

import ipaddress
import re
from dataclasses import dataclass
from typing import Self

from emojify_core.settings import Settings

_HOST = re.compile(r"([a-z0-9._-]{1,255}|\[[0-9a-f:.]{2,45}\])(?::[0-9]{1,5})?")


@dataclass(frozen=True, slots=True)
class TrustedHosts:
    """Decides by a request's Host header whether this installation is meant."""

    names: frozenset[str]

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """Trust the names in the addresses that it listens on, and the site's names."""
        published = settings.published_on.lower().split()
        return cls(frozenset({settings.bind.lower(), *published, *settings.sites}))

    def trusts(self, host: str | None) -> bool:
        """Return whether a Host header names this installation.

        A client that sends none is no browser. An address cannot be rebound. A name without a dot
        (`localhost`, a container, a machine of one's own network) is in no public DNS.
        """
        if host is None:
            return True
        found = _HOST.fullmatch(host.strip().lower())
        if found is None:
            return False
        name = found[1].removesuffix(".")
        if not name or name.startswith("["):
            return _is_address(name)
        parent = name.partition(".")[2]
        known = name in self.names or f"*.{parent}" in self.names
        return known or not parent or _is_address(name)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True
