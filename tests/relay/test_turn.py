"""TURN credentials: the scheme in itself, and what a real coturn says to them."""

import contextlib
import socket
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from relay import RelaySettings, ice_servers
from relay.turn import credentials

SECRET = "only for tests"
AT = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def test_without_turn_there_is_no_list() -> None:
    assert ice_servers(RelaySettings(), "S-1", "host", AT) == []
    assert ice_servers(RelaySettings(turn_urls=("turn:t",)), "S-1", "host", AT) == []


def test_credentials_name_the_session_and_run_out() -> None:
    settings = RelaySettings(turn_urls=("turn:t?transport=udp",), turn_secret=SECRET, turn_ttl_s=60)
    (server,) = ice_servers(settings, "S-1", "host", AT)
    assert server["urls"] == ["turn:t?transport=udp"]
    assert server["username"] == f"{int(AT.timestamp()) + 60}:S-1.host"
    assert ice_servers(settings, "S-1", "client", AT)[0]["credential"] != server["credential"]


@contextlib.contextmanager
def coturn() -> Iterator[int]:
    """coturn on the loopback with our secret; its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        "turnserver", "-n", "--no-cli", "--no-tls", "--no-dtls", "--listening-ip", "127.0.0.1",
        "--relay-ip", "127.0.0.1", "--allow-loopback-peers", "--listening-port", str(port),
        "--use-auth-secret", "--static-auth-secret", SECRET, "--realm", "test", "-m", "1",
        "--log-file", "stdout", "--pidfile", "/dev/null",
    ]  # fmt: skip
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield port
    finally:
        server.terminate()
        server.wait()


def allocates(port: int, name: str, password: str) -> bool:
    """Whether coturn relays two packets for these credentials."""
    command = [
        "turnutils_uclient", "-t", "-y", "-c", "-n", "2", "-m", "1", "-p", str(port),
        "-u", name, "-w", password, "127.0.0.1",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, timeout=20, check=False)
    return done.returncode == 0


@pytest.mark.slow
def test_coturn_takes_ours_and_refuses_forged_and_expired_ones() -> None:
    soon, past = int(time.time()) + 60, int(time.time()) - 60
    name, password = credentials(SECRET, "S-1", "host", soon)
    with coturn() as port:
        assert allocates(port, name, password)
        assert not allocates(port, name, credentials("another", "S-1", "host", soon)[1])
        assert not allocates(port, name.replace("host", "client"), password)
        assert not allocates(port, *credentials(SECRET, "S-1", "host", past))
