"""REAL: what ECS keeps of a service. The containers are a STAND-IN: a local process that answers HTTP for all tasks of a service.

No container runs here. `POST /_emulator/containers` names the command that stands for an image, by the name of its repository.
While a service has running tasks, its command is started at the first request, with the task's environment, the credentials of
the task's role, and the port to answer on as `PORT`; it ends with the tasks. An image without a command answers nothing.
"""

from __future__ import annotations

import atexit
import os
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from ministack.core.responses import get_account_id, get_region
from ministack.services import ecs

from server.outage import Outages
from server.permissions.enforcement import Permissions

Data = dict[str, Any]
Answer = tuple[int, Any]

KEPT = ("availabilityZoneRebalancing",)
PATIENCE_SECONDS = 30.0


@dataclass
class _Process:
    """What stands for the tasks of a service with one task definition."""

    definition: str
    port: int
    process: subprocess.Popen[bytes]


@dataclass
class _Containers:
    """Commands by repository, and processes by service."""

    commands: dict[str, list[str]] = field(default_factory=dict)
    processes: dict[str, _Process] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)
    permissions: Permissions | None = None


_state = _Containers()


def install(outages: Outages, permissions: Permissions | None) -> None:
    """Keep what ministack forgets of a service, and end the processes of what ends."""
    _state.permissions = permissions
    actions = ecs._ACTION_MAP
    create, update, delete = (actions[f"{verb}Service"] for verb in ("Create", "Update", "Delete"))

    def create_and_keep(given: Data) -> Any:
        answer = create(given)
        return _kept(given, answer, {"availabilityZoneRebalancing": "DISABLED"})

    def update_and_keep(given: Data) -> Any:
        answer = update(given)
        _end_idle()
        return _kept(given, answer, {})

    def delete_and_end(given: Data) -> Any:
        answer = delete(given)
        _end_idle()
        return answer

    actions |= {"CreateService": create_and_keep, "UpdateService": update_and_keep, "DeleteService": delete_and_end}
    outages.on_change(when_lost=_end_of_region)
    atexit.register(_end, lambda _: True)


def command(request: Data) -> Answer:
    """The endpoint: a repository and the command that stands for its images."""
    repository, words = request.get("repository"), request.get("command")
    if not isinstance(repository, str) or not isinstance(words, list) or not all(isinstance(w, str) for w in words):
        return 400, {"message": "expected JSON with repository and command, a list of words"}
    _state.commands[repository] = words
    return 200, {"repository": repository}


def origin(targets: str) -> str | None:
    """The host and port that answer for the tasks of a target group."""
    service = next((one for one in ecs._services.values() if _is_behind(one, targets)), None)
    if service is None or service.get("runningCount", 0) == 0:
        return None
    with _state.lock:
        running = _state.processes.get(service["serviceArn"])
        if running and (running.process.poll() is not None or running.definition != service["taskDefinition"]):
            running.process.kill()
            running = None
        if running is None:
            running = _started(service)
            if running is None:
                return None
            _state.processes[service["serviceArn"]] = running
    return f"127.0.0.1:{running.port}"


def _is_behind(service: Data, targets: str) -> bool:
    return service["status"] == "ACTIVE" and any(
        one.get("targetGroupArn") == targets for one in service.get("loadBalancers") or []
    )


def _started(service: Data) -> _Process | None:
    definition = next(
        (one for one in ecs._task_defs.values() if one["taskDefinitionArn"] == service["taskDefinition"]), None
    )
    container = definition["containerDefinitions"][0] if definition else {}
    repository = container.get("image", "").partition("/")[2].partition("@")[0]
    words = _state.commands.get(repository)
    if definition is None or words is None:
        return None
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **os.environ,
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{os.environ['GATEWAY_PORT']}",
        "AWS_REGION": get_region(),
        "AWS_DEFAULT_REGION": get_region(),
        **_credentials(definition.get("taskRoleArn", "")),
        **{one["name"]: one["value"] for one in container.get("environment") or []},
        "PORT": str(port),
    }
    # The emulator's own Python has the SDK that a container would bring.
    words = [sys.executable, *words[1:]] if words[0] == "python3" else words
    process = subprocess.Popen(words, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    return _Process(service["taskDefinition"], port, process) if _answers(process, port) else None


def _credentials(role: str) -> dict[str, str]:
    if _state.permissions and role:
        return _state.permissions.principals.credentials_of_task(role)
    return {"AWS_ACCESS_KEY_ID": get_account_id(), "AWS_SECRET_ACCESS_KEY": "x"}


def _answers(process: subprocess.Popen[bytes], port: int) -> bool:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1.0).close()
        except OSError:
            time.sleep(0.05)
        else:
            return True
    process.kill()
    return False


def _kept(given: Data, answer: Any, otherwise: Data) -> Any:
    """A service with the settings that ministack does not keep."""
    if answer[0] != 200:
        return answer
    shown = ecs.json.loads(answer[2])
    for service in ecs._services.values():
        if service["serviceArn"] == shown["service"]["serviceArn"]:
            for name in KEPT:
                if name in given or name in otherwise:
                    service[name] = given.get(name) or otherwise[name]
            return ecs.json_response({"service": ecs._sanitize(service)})
    return answer


def _end_idle() -> None:
    """Those of this region whose service has no tasks any more."""
    busy = {one["serviceArn"] for one in ecs._services.values() if one.get("desiredCount", 0) > 0}
    here = f":{get_region()}:{get_account_id()}:"
    _end(lambda arn: here in arn and arn not in busy)


def _end_of_region(region: str) -> None:
    _end(lambda arn: f":{region}:" in arn)


def _end(wanted: Any) -> None:
    with _state.lock:
        for arn in [one for one in _state.processes if wanted(one)]:
            _state.processes.pop(arn).process.kill()
