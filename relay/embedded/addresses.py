"""Addresses: ours, for candidates, and those of others, which may be any text."""

import ipaddress
from collections.abc import Iterable, Sequence

import ifaddr


def host_addresses(wanted: Sequence[str]) -> list[str]:
    """Local addresses for candidates; "auto" = all of this machine, 127.0.0.1 at the end."""
    found: list[str] = []
    for address in wanted:
        found += _every_address() if address == "auto" else [address]
    return list(dict.fromkeys(found))


def _every_address() -> list[str]:
    ips = [ip.ip for adapter in ifaddr.get_adapters() for ip in adapter.ips]
    plain = [ip for ip in ips if isinstance(ip, str)]
    scoped = [ip[0] for ip in ips if not isinstance(ip, str) and ip[2] == 0 and ip[0] != "::1"]
    outer = [ip for ip in plain if not ip.startswith("127.")] + scoped
    return [*outer, "127.0.0.1"]


def reachable(host: str, port: int, local: Iterable[str]) -> bool:
    """Whether a told address is one that a packet from our addresses may be sent to.

    Names are never resolved; a group, "any address" and an interface of ours are nobody's address.

    >>> reachable("192.0.2.7", 9, ["10.0.0.1"]), reachable("192.0.2.7", 70_000, ["10.0.0.1"])
    (True, False)
    >>> reachable("a.local", 9, ["10.0.0.1"]), reachable("224.0.0.1", 9, ["10.0.0.1"])
    (False, False)
    """
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return (
        0 < port < 1 << 16
        and "%" not in host
        and not (address.is_multicast or address.is_unspecified)
        and (address.is_loopback or not all(ipaddress.ip_address(a).is_loopback for a in local))
    )
