"""``commlog serve``: where it listens, and where it refuses to."""

import socket
import subprocess
import sys
from dataclasses import asdict
from inspect import signature
from pathlib import Path

import pytest

from commlog_tui.cli.serve import serve
from commlog_tui.records.entry import AppendEntry
from commlog_tui.service.limits import Limits
from tests.cli.conftest import Run
from tests.patience import PATIENCE


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "log.example.com"])
def test_other_machines_are_not_served_in_the_clear(run: Run, data: Path, host: str) -> None:
    result = run("serve", "--host", host, "--port", "0")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "--behind-proxy" in result.stderr
    assert not data.exists()


@pytest.mark.parametrize("named", ["*", "proxy.example.com", "10.0.0.0/33", ""])
def test_a_proxy_is_an_address_or_a_network(run: Run, data: Path, named: str) -> None:
    result = run("serve", "--behind-proxy", "--trusted-proxy", named)
    assert result.exit_code == 2
    assert "an address or a network" in result.stderr
    assert not data.exists()


def test_half_of_a_certificate_is_refused(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "cert.pem"
    file.write_text("no certificate", encoding="utf-8")
    assert "both --tls-cert and --tls-key" in run("serve", "--tls-cert", str(file)).stderr
    bad = run("serve", "--host", "0.0.0.0", "--tls-cert", str(file), "--tls-key", str(file))
    assert bad.exit_code == 2
    assert "are no pair" in bad.stderr


def test_a_port_that_is_taken_is_a_sentence(run: Run, data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        result = run("serve", "--port", str(taken.getsockname()[1]))
    assert result.exit_code == 6
    assert "cannot be listened on: Address already in use." in result.stderr
    assert not data.exists()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_it_says_where_it_serves_and_ends_on_a_signal(run: Run, log: list[AppendEntry], host: str) -> None:
    command = [sys.executable, "-m", "commlog_tui", "serve", "--host", host, "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        line = process.stderr.readline()
        if host == "::1" and "cannot be listened on" in line:
            process.wait(PATIENCE)
            pytest.skip("this machine has no IPv6")
        address = line.split()[-1]
        listed = run("list", "--service", address)
        process.terminate()
        out, _ = process.communicate(timeout=PATIENCE)
    assert out == ""
    assert listed.exit_code == 4
    assert "There is no token for this service" in listed.stderr


def test_the_limits_of_the_command_are_those_of_the_service() -> None:
    offered = {name: option.default for name, option in signature(serve).parameters.items()}
    for name in ("reads", "writes", "streams", "all_streams", "connections", "connections_per_address"):
        assert offered[name].default == asdict(Limits())[name]
