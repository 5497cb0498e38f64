"""Who signed a request: the account's administrator, a role's session, or nobody that is known.

The account's own number as access key is its administrator, who is not judged: it is what the tests and a Terraform
without a role of its own sign with. Lambda hands each function a key of its role; STS hands out keys of the others.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Any

from server.models.request import Request

Data = dict[str, Any]

KEY = re.compile(r"Credential=([^/,\s]+)/")
ACCOUNT_NUMBER = re.compile(r"\d{12}")


@dataclass(frozen=True)
class Principal:
    """A role's session, or an AWS service."""

    # As policies know it: the session of a role, or a service's name.
    arn: str
    account: str
    role: str | None = None
    # The function whose role it is.
    function: str | None = None

    @property
    def is_service(self) -> bool:
        """Whether it is an AWS service that acts for itself."""
        return self.role is None


def service(name: str, account: str) -> Principal:
    """A service, such as `sns.amazonaws.com`, that acts for a resource of an account."""
    return Principal(name, account)


def session(role_arn: str, name: str, function: str | None = None) -> Principal:
    """Somebody who has taken on a role."""
    account, role = role_arn.split(":")[4], role_arn.rpartition("/")[2]
    return Principal(f"arn:aws:sts::{account}:assumed-role/{role}/{name}", account, role, function)


class Principals:
    """The sessions by access key."""

    def __init__(self) -> None:
        self._sessions: dict[str, Principal] = {}

    def credentials_of_function(self, config: Data) -> dict[str, str]:
        """The environment variables that a function signs with."""
        arn, role = config["FunctionArn"], config.get("Role", "")
        digest = hashlib.sha256(f"{arn} {role}".encode()).hexdigest().upper()
        key = f"ASIA{digest[:16]}"
        self._sessions[key] = session(role, config.get("FunctionName", "function")[:64], arn)
        return {"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": digest, "AWS_SESSION_TOKEN": digest}

    def credentials_of_task(self, role: str) -> dict[str, str]:
        """The environment variables that a task's container signs with."""
        digest = hashlib.sha256(f"task {role}".encode()).hexdigest().upper()
        key = f"ASIA{digest[:16]}"
        self._sessions[key] = session(role, digest[:32].lower())
        return {"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": digest, "AWS_SESSION_TOKEN": digest}

    def of(self, request: Request, assumed: dict[str, Data]) -> Principal | str | None:
        """The principal; None for the administrator, the access key itself if nobody handed it out."""
        key = _access_key(request)
        if key is None or ACCOUNT_NUMBER.fullmatch(key):
            return None
        known = self._sessions.get(key)
        if known:
            return known
        handed_out = assumed.get(key)
        if not handed_out:
            return key
        _, _, _, _, account, resource = handed_out["Arn"].split(":", 5)
        return Principal(handed_out["Arn"], account, resource.split("/")[1])


def administrator(request: Request) -> str | None:
    """The account whose administrator signed."""
    key = _access_key(request)
    return key if key and ACCOUNT_NUMBER.fullmatch(key) else None


def _access_key(request: Request) -> str | None:
    found = KEY.search(request.headers.get("authorization", ""))
    if found:
        return found[1]
    presigned = dict(request.query).get("X-Amz-Credential", "")
    return presigned.partition("/")[0] or None
