"""Which Host headers name an installation."""

import pytest

from emojify_core.settings import Settings
from emojify_core.trusted_hosts import TrustedHosts

LOCAL = TrustedHosts.from_settings(Settings.from_env({}))
NAMES = "emojify.example.org *.apps.example.org"
SITE = TrustedHosts.from_settings(
    Settings.from_env({"EMOJIFY_SITE": NAMES, "EMOJIFY_BIND": "box.example.net"})
)
OWN = (
    *("127.0.0.1", "127.0.0.1:5000", "localhost", "localhost:5000", "LOCALHOST", "localhost."),
    *("[::1]", "[::1]:5000", "192.0.2.7:5000", "[2001:db8::1]", "web:5000", "my-laptop"),
)
FOREIGN = (
    *("evil.example", "evil.example:5000", "localhost.evil.example", "127.0.0.1.evil.example"),
    *("127.0.0.1.nip.io", "evil.example.", "EVIL.example", "evil.localhost", "127.0.0.1.", "a.b"),
    *("", ".", "[evil.example]", "[]", "evil.example, localhost", "localhost@evil.example"),
    *("localhost/evil.example", "localhost:5000:5000", "loc alhost", "l\u00f6calhost", "x" * 300),
)


@pytest.mark.parametrize("host", OWN)
def test_addresses_and_names_of_one_s_own_network_are_trusted(host: str) -> None:
    """No website can serve its pages under such a name."""
    assert LOCAL.trusts(host)
    assert SITE.trusts(host)


@pytest.mark.parametrize("host", [each for each in FOREIGN if each != "127.0.0.1."])
def test_a_website_s_name_is_not_trusted(host: str) -> None:
    """A website that points its name at this machine reads and teaches nothing."""
    assert not LOCAL.trusts(host)
    assert not SITE.trusts(host)


def test_the_names_of_the_settings_are_trusted() -> None:
    """The site's names, a wildcard's, and the address that it listens on."""
    for host in ("emojify.example.org", "Emojify.example.org:443", "a.apps.example.org"):
        assert SITE.trusts(host)
        assert not LOCAL.trusts(host)
    assert SITE.trusts("box.example.net:5000")
    for host in ("apps.example.org", "a.b.apps.example.org", "example.org", "xemojify.example.org"):
        assert not SITE.trusts(host)


def test_a_client_without_a_host_header_is_trusted() -> None:
    """Some health probes speak HTTP/1.0; browsers always send the header."""
    assert LOCAL.trusts(None)
