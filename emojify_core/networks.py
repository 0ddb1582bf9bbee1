"""The key by which limits tell clients apart: an IPv4 address or an IPv6 /64."""

import ipaddress

# A provider gives each customer at least a /64, so all of its addresses are one client.
_IPV6_PREFIX = 64
_UNKNOWN = "unknown"  # a proxy that names no address gets one count for all of its clients


def network_of(address: str) -> str:
    """Return the IPv4 address, or the /64 network of an IPv6 address; `unknown` for neither."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])  # without an interface's name
    except ValueError:
        return _UNKNOWN
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped:  # how a socket for both families writes IPv4
        return str(parsed.ipv4_mapped)
    if parsed.is_loopback:
        return str(parsed)
    return str(ipaddress.ip_network((parsed, _IPV6_PREFIX), strict=False))


def is_loopback(network: str) -> bool:
    """Tell whether a network from `network_of` is this machine."""
    return network != _UNKNOWN and ipaddress.ip_network(network).is_loopback
