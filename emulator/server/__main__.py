"""Serve the emulator: ministack with this project's additions, on one loopback port."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import socket
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from server.aurora import AuroraFleet
from server.certificate_authority import CertificateAuthority
from server.connections import Connections
from server.faults import Faults, OverloadedApis, RequestDrops
from server.guardian import STATE_VARIABLE
from server.internet_proxy import InternetProxy
from server.lifecycle import StateDirectory, watch_parent
from server.models.ledger import REPORTS, Ledger
from server.outage import Outages
from server.own_endpoints import OwnEndpoints
from server.permissions.judge import Judge
from server.permissions.ledger import REPORTS as PERMISSIONS_REPORTS
from server.permissions.ledger import PermissionsLedger
from server.permissions.recording import RECORDINGS, Recording
from server.permissions.reference import Reference
from server.resolver import Resolver
from server.server_configuration import ServerConfiguration

if TYPE_CHECKING:
    from server.front import Front
    from server.permissions.enforcement import Permissions

ACCOUNT = "123456789012"

# Variables of the caller that would change what ministack or a Lambda does.
FOREIGN_PREFIXES = ("AWS_", "LAMBDA_", "LOCALSTACK_", "MINISTACK_", "S3_", "RDS_", "PG")
FOREIGN_NAMES = (
    "AUTH",
    "DOCKER_NETWORK",
    "EDGE_PORT",
    "PERSIST_STATE",
    "SERVICES",
    "USE_SSL",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "http_proxy",
    "https_proxy",
    "all_proxy",
)


def main() -> int:
    """Serve until told to stop; exit code 0 after an orderly stop."""
    options = parse_arguments()
    # The JSON line owns stdout; whatever else prints goes to stderr.
    report = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    try:
        listener = listen(options.port)
        state = StateDirectory(options.state)
    except OSError as error:
        print(f"emulator: {error}", file=sys.stderr)
        return 1
    fleet, ledger = AuroraFleet(state.databases, state.path), Ledger()
    # The caller's settings are removed below.
    reports, permissions_reports = os.environ.get(REPORTS), os.environ.get(PERMISSIONS_REPORTS)
    recordings = os.environ.get(RECORDINGS)
    permissions, judge = None, None
    try:
        prepare_environment(state, listener.getsockname()[1])
        if not options.without_permissions:
            judge = Judge(options.node, options.modules)
            permissions = enforced(judge, options.modules, recordings)
        asyncio.run(serve(listener, state, fleet, ledger, permissions, report))
    except Exception:
        traceback.print_exc()
        return 1
    finally:
        fleet.remove_all()
        for line in [*ledger.close(reports), *(permissions.ledger.close(permissions_reports) if permissions else [])]:
            print(f"emulator: {line}", file=sys.stderr)
        if judge:
            judge.close()
        state.close()
    return 0


def parse_arguments() -> argparse.Namespace:
    """Read the command line that start.py composed."""
    parser = argparse.ArgumentParser(prog="server")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--state", type=Path)
    parser.add_argument("--node", type=Path)
    parser.add_argument("--modules", type=Path)
    parser.add_argument("--without-permissions", action="store_true")
    options = parser.parse_args()
    if not options.without_permissions and not (options.node and options.modules):
        parser.error("--node and --modules, or --without-permissions; start.py knows where they are")
    return options


def enforced(judge: Judge, modules: Path, recordings: str | None) -> Permissions:
    """The enforcement of policies; a recording in the named folder."""
    # It looks at what ministack keeps, and ministack reads its settings when it is imported.
    from server.permissions.enforcement import Permissions

    recording = Recording(Path(recordings) / f"{os.getpid()}.jsonl") if recordings else None
    return Permissions(judge, Reference(modules), PermissionsLedger(), recording)


def listen(port: int) -> socket.socket:
    """Open the loopback listener; a taken port is an error with the port in it."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError as error:
        raise OSError(f"cannot listen on 127.0.0.1:{port}: {error.strerror}") from error
    listener.listen(256)
    return listener


def prepare_environment(state: StateDirectory, port: int) -> None:
    """Set what ministack reads at import time, free of the caller's settings."""
    for name in list(os.environ):
        if name.startswith(FOREIGN_PREFIXES) or name in FOREIGN_NAMES:
            del os.environ[name]
    os.environ.update(
        {
            "GATEWAY_PORT": str(port),
            "BIND_HOST": "127.0.0.1",
            "MINISTACK_ACCOUNT_ID": ACCOUNT,
            "LOG_LEVEL": os.environ.get("LOG_LEVEL", "WARNING"),
            # Nothing but this one port, and never a container engine.
            "DOCKER_HOST": "unix:///nonexistent/docker.sock",
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            "S3_DATA_DIR": str(state.path / "s3"),
            "TMPDIR": str(state.temporary),
            "AWS_EC2_METADATA_DISABLED": "true",
            STATE_VARIABLE: str(state.path),
        }
    )


def prepare_functions(resolver: str, proxy: str, authority: Path) -> None:
    """Give Lambda functions the way to the emulated internet: they inherit this environment.

    AWS's own API is at a plain http address on loopback, which is not proxied.
    """
    here = "127.0.0.1,localhost"
    os.environ.update(
        {
            "RESOLVER_ADDRESS": resolver,
            "HTTPS_PROXY": f"http://{proxy}",
            "https_proxy": f"http://{proxy}",
            "NO_PROXY": here,
            "no_proxy": here,
            "SSL_CERT_FILE": str(authority),
        }
    )


async def serve(
    listener: socket.socket,
    state: StateDirectory,
    fleet: AuroraFleet,
    ledger: Ledger,
    permissions: Permissions | None,
    report: TextIO,
) -> None:
    """Run the HTTP server until a signal or the parent's end."""
    from hypercorn.asyncio import serve as hypercorn_serve

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(number, stop.set)
    watch_parent(loop, stop)

    authority = CertificateAuthority(state.path / "certificates")
    secure_listener = listen(0)
    resolver, outages = Resolver(), Outages()
    proxy = InternetProxy(resolver, outages, secure_listener.getsockname())
    resolver_address = "{}:{}".format(*await resolver.start())
    proxy_address = "{}:{}".format(*await proxy.start())
    prepare_functions(resolver_address, proxy_address, authority.certificate_file)

    port = listener.getsockname()[1]
    internet = {
        "proxy": proxy_address,
        "resolver": resolver_address,
        "certificate_authority": str(authority.certificate_file),
    }
    front = compose(
        fleet,
        outages,
        resolver,
        proxy,
        internet,
        ledger,
        permissions,
        on_ready=lambda: announce(port, state, resolver_address, report),
    )
    config = ServerConfiguration(authority, listener, secure_listener)
    await hypercorn_serve(front, config, shutdown_trigger=stop.wait)


def compose(
    fleet: AuroraFleet,
    outages: Outages,
    resolver: Resolver,
    proxy: InternetProxy,
    internet: dict[str, str],
    ledger: Ledger,
    permissions: Permissions | None,
    on_ready: Callable[[], None],
) -> Front:
    """Put ministack, the additions and the emulator's own parts together."""
    # ministack reads its settings when it is imported.
    import additions
    from server.front import Front
    from server.models.gate import Gate

    connections, faults = Connections(), Faults()
    drops, overload = RequestDrops(), OverloadedApis()
    connections.install()
    faults.register("drop_next_requests", drops.switch)
    faults.register("api_overloaded", overload.switch)
    gate = Gate(ledger)
    application = additions.install(fleet, outages, faults, gate, permissions)
    from additions import containers, restore_jobs

    endpoints = OwnEndpoints(
        fleet, outages, faults, resolver, internet, restore_jobs.end, containers.command, ledger, permissions
    )
    return Front(application, endpoints, connections, outages, drops, overload, proxy, gate, permissions, on_ready)


def announce(port: int, state: StateDirectory, resolver: str, report: TextIO) -> None:
    """Say that the emulator is ready: JSON for programs, variables for people."""
    endpoint = f"http://127.0.0.1:{port}"
    variables = {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": ACCOUNT,
        "AWS_SECRET_ACCESS_KEY": "x",
        "AWS_EC2_METADATA_DISABLED": "true",
        "CHECKPOINT_DISABLE": "1",
    }
    print("emulator: ready; point Terraform and the AWS tools at it with", file=sys.stderr)
    for name, value in variables.items():
        print(f"  export {name}={value}", file=sys.stderr)
    print("  unset AWS_CA_BUNDLE", file=sys.stderr, flush=True)
    line = {
        "endpoint": endpoint,
        "pid": os.getpid(),
        "account": ACCOUNT,
        "state": str(state.path),
        "resolver": resolver,
        "environment": variables,
    }
    print(json.dumps(line), file=report, flush=True)


if __name__ == "__main__":
    code = main()
    sys.stderr.flush()
    # Python would wait for threads that wait for a function or a task token.
    os._exit(code)
