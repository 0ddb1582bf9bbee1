"""The TLS profile's proxy."""

from pathlib import Path

CADDYFILE = Path(__file__).parents[3] / "deploy/compose/Caddyfile"


def test_browsers_use_tls_for_a_year_but_not_for_localhost() -> None:
    """On localhost the header would close the other ports of a developer's machine."""
    lines = [line.strip() for line in CADDYFILE.read_text(encoding="utf-8").splitlines()]
    assert 'header @site Strict-Transport-Security "max-age=31536000"' in lines
    assert "@site not host localhost" in lines
