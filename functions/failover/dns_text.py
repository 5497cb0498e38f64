"""TXT records, asked of a resolver over UDP.

Lambda's resolver answers from the DNS data plane. Nothing here is an AWS API call, so the answer
is there when control planes are not. Messages are as RFC 1035, section 4, has them.
"""

import os
import socket
import struct
import time
from collections.abc import Callable
from pathlib import Path

from failures import Unknown

_RESOLVER_FILE = "/etc/resolv.conf"
_PORT = 53
_TXT = 16
_INTERNET = 1
_HEADER = struct.Struct("!HHHHHH")
_RECORD = struct.Struct("!HHIH")
_RECURSION_DESIRED = 0x0100
_RESPONSE = 0x8000
_TRUNCATED = 0x0200
_CODE = 0x000F
_CODES = {1: "FORMERR", 2: "SERVFAIL", 3: "NXDOMAIN", 4: "NOTIMP", 5: "REFUSED"}
_NAME_ERROR = 3
# A plain answer over UDP is at most 512 bytes (RFC 1035, section 4.2.1); more shows up as such.
_MESSAGE_LIMIT = 4096
_LABEL_LIMIT = 63

Address = tuple[str, int]


class Refused(Unknown):
    """A resolver has answered, and asking again cannot help."""


class TextRecords:
    """TXT questions to the network's resolvers, or to the one that is named."""

    def __init__(
        self,
        resolver: str | None = None,
        timeout_seconds: float = 1.0,
        rounds: int = 2,
        clock: Callable[[], float] = time.monotonic,
    ):
        self._resolvers = [_address(resolver)] if resolver else _resolvers_of_the_network()
        self._timeout = timeout_seconds
        self._rounds = rounds
        self._clock = clock

    def answer(self, name: str) -> str:
        """The one text of this name; raises `Unknown` if there is none, or more than one."""
        texts = set(self._ask_in_turn(name))
        if len(texts) != 1:
            raise Unknown("dns: no TXT record" if not texts else "dns: several TXT records")
        return texts.pop()

    def _ask_in_turn(self, name: str) -> list[str]:
        problem = Unknown("dns: no resolver")
        for _ in range(self._rounds):
            # The first two only: more would not fit into the time of a guard.
            for resolver in self._resolvers[:2]:
                try:
                    return self._ask(resolver, name)
                except Refused:
                    raise
                except Unknown as error:
                    problem = error
                except OSError as error:
                    problem = Unknown(f"dns: {type(error).__name__}")
        raise problem

    def _ask(self, resolver: Address, name: str) -> list[str]:
        # An unpredictable id, and a connected socket, which takes datagrams of its peer only.
        identity = int.from_bytes(os.urandom(2), "big")
        question = _question(name)
        family = socket.AF_INET6 if ":" in resolver[0] else socket.AF_INET
        with socket.socket(family, socket.SOCK_DGRAM) as channel:
            channel.connect(resolver)
            channel.send(_HEADER.pack(identity, _RECURSION_DESIRED, 1, 0, 0, 0) + question)
            deadline = self._clock() + self._timeout
            while True:
                remaining = deadline - self._clock()
                if remaining <= 0:
                    raise Unknown("dns: timeout")
                channel.settimeout(remaining)
                try:
                    message = channel.recv(_MESSAGE_LIMIT)
                except TimeoutError:
                    raise Unknown("dns: timeout") from None
                if _answers(message, identity, question):
                    return _texts(message, len(question))


def _address(text: str) -> Address:
    host, _, port = text.rpartition(":")
    return host.strip("[]"), int(port)


def _resolvers_of_the_network() -> list[Address]:
    try:
        lines = Path(_RESOLVER_FILE).read_text("ascii", "replace").splitlines()
    except OSError:
        return []
    words = (line.split() for line in lines)
    return [(line[1], _PORT) for line in words if len(line) > 1 and line[0] == "nameserver"]


def _question(name: str) -> bytes:
    encoded = b""
    for label in name.rstrip(".").split("."):
        data = label.encode("ascii")
        if not 0 < len(data) <= _LABEL_LIMIT:
            raise ValueError(f"{name!r} is no domain name")
        encoded += bytes([len(data)]) + data
    return encoded + b"\0" + struct.pack("!HH", _TXT, _INTERNET)


def _answers(message: bytes, identity: int, question: bytes) -> bool:
    """Whether this is the answer to our question. Anything else is somebody else's, or late."""
    if len(message) < _HEADER.size + len(question):
        return False
    number, flags, questions, _, _, _ = _HEADER.unpack_from(message)
    echoed = message[_HEADER.size : _HEADER.size + len(question)]
    # Names compare without case (RFC 1035, section 2.3.3), and resolvers may change it.
    same = echoed.lower() == question.lower()
    return number == identity and bool(flags & _RESPONSE) and questions == 1 and same


def _texts(message: bytes, question_length: int) -> list[str]:
    _, flags, _, answers, _, _ = _HEADER.unpack_from(message)
    code = flags & _CODE
    if code == _NAME_ERROR:
        raise Refused("dns: NXDOMAIN")
    if code:
        raise Unknown(f"dns: {_CODES.get(code, f'code {code}')}")
    if flags & _TRUNCATED:
        # One short text always fits. What does not is not our record.
        raise Refused("dns: truncated answer")
    try:
        return _read_records(message, _HEADER.size + question_length, answers)
    except (IndexError, struct.error, UnicodeDecodeError):
        raise Unknown("dns: malformed answer") from None


def _read_records(message: bytes, offset: int, count: int) -> list[str]:
    texts = []
    for _ in range(count):
        offset = _after_name(message, offset)
        kind, record_class, _, length = _RECORD.unpack_from(message, offset)
        offset += _RECORD.size
        data = message[offset : offset + length]
        if len(data) != length:
            raise IndexError
        offset += length
        if (kind, record_class) == (_TXT, _INTERNET):
            texts.append(_joined(data))
    return texts


def _after_name(message: bytes, offset: int) -> int:
    # A name ends with an empty label or with a pointer to the rest (RFC 1035, section 4.1.4).
    # Pointers are not followed: whose record it is does not matter behind a CNAME anyway.
    while True:
        length = message[offset]
        if length >= 0xC0:
            return offset + 2
        offset += 1 + length
        if length == 0:
            return offset


def _joined(data: bytes) -> str:
    # A TXT record is a row of strings of up to 255 bytes (RFC 1035, section 3.3.14).
    text, offset = b"", 0
    while offset < len(data):
        length = data[offset]
        part = data[offset + 1 : offset + 1 + length]
        if len(part) != length:
            raise IndexError
        text += part
        offset += 1 + length
    return text.decode("ascii")
