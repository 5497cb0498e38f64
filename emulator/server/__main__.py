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
from pathlib import Path
from typing import TextIO

from server.aurora import AuroraFleet
from server.guardian import STATE_VARIABLE
from server.lifecycle import StateDirectory, watch_parent

ACCOUNT = "123456789012"

# Variables of the caller that would change what ministack or a Lambda does.
FOREIGN_PREFIXES = ("AWS_", "LAMBDA_", "LOCALSTACK_", "MINISTACK_", "S3_", "RDS_", "PG")
FOREIGN_NAMES = (
    "AUTH", "DOCKER_NETWORK", "EDGE_PORT", "PERSIST_STATE", "SERVICES", "USE_SSL",
    "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy",
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
    fleet = AuroraFleet(state.databases, state.path)
    try:
        prepare_environment(state, listener.getsockname()[1])
        asyncio.run(serve(listener, state, fleet, report))
    except Exception:
        traceback.print_exc()
        return 1
    finally:
        fleet.remove_all()
        state.close()
    return 0


def parse_arguments() -> argparse.Namespace:
    """Read the command line that start.py composed."""
    parser = argparse.ArgumentParser(prog="server")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--state", type=Path)
    return parser.parse_args()


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


async def serve(
    listener: socket.socket, state: StateDirectory, fleet: AuroraFleet, report: TextIO
) -> None:
    """Run the HTTP server until a signal or the parent's end."""
    from hypercorn.asyncio import serve as hypercorn_serve
    from hypercorn.config import Config

    import additions
    from server.front import Front

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(number, stop.set)
    watch_parent(loop, stop)

    port = listener.getsockname()[1]
    application = additions.install(fleet)
    config = Config()
    config.bind = [f"fd://{listener.fileno()}"]
    # Terraform's AWS SDK keeps idle connections for 90 seconds and takes as many requests through one as it likes. A
    # server that closes first now and then closes while a request is under way; the SDK repeats it, and a repeated
    # creation is a conflict.
    config.keep_alive_timeout = 600
    config.keep_alive_max_requests = sys.maxsize
    config.graceful_timeout = 2
    config.loglevel = os.environ["LOG_LEVEL"]
    front = Front(application, fleet, on_ready=lambda: announce(port, state, report))
    await hypercorn_serve(front, config, shutdown_trigger=stop.wait)


def announce(port: int, state: StateDirectory, report: TextIO) -> None:
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
        "endpoint": endpoint, "pid": os.getpid(), "account": ACCOUNT,
        "state": str(state.path), "environment": variables,
    }
    print(json.dumps(line), file=report, flush=True)


if __name__ == "__main__":
    sys.exit(main())
