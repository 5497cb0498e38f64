"""DNS messages, as far as one question and its answer need them (RFC 1035).

The standard library has no DNS codec. Names, the header, one question and CNAME records are read;
a query and an empty error answer are written.
"""

from __future__ import annotations

import secrets
import struct

CNAME = 5
INTERNET = 1
NO_ERROR, SERVER_FAILURE = 0, 2

HEADER = struct.Struct("!HHHHHH")
RECORD = struct.Struct("!HHIH")
RESPONSE_FLAG = 0x8000
RECURSION_DESIRED = 0x0100
RECURSION_AVAILABLE = 0x0080
OPCODE_MASK = 0x7800
RCODE_MASK = 0x000F
POINTER_MASK = 0xC0
LONGEST_LABEL = 63
# A name has at most 127 labels; more jumps than that is a loop.
MAXIMUM_LABELS = 128


class MessageError(ValueError):
    """The bytes are not a DNS message."""


def query(name: str, record_type: int) -> bytes:
    """A question for one name, with a random identifier."""
    header = HEADER.pack(secrets.randbelow(1 << 16), RECURSION_DESIRED, 1, 0, 0, 0)
    return header + encode_name(name) + struct.pack("!HH", record_type, INTERNET)


def server_failure(question: bytes) -> bytes:
    """The answer SERVFAIL to a query, which carries the question again."""
    identifier, flags, *_ = _header(question)
    flags = RESPONSE_FLAG | (flags & (OPCODE_MASK | RECURSION_DESIRED)) | RECURSION_AVAILABLE
    _, end = _name(question, HEADER.size)
    content = question[HEADER.size : end + 4]
    return HEADER.pack(identifier, flags | SERVER_FAILURE, 1, 0, 0, 0) + content


def canonical_name(answer: bytes, question: bytes) -> str | None:
    """The target of the first CNAME record, None when there is none or the name does not exist."""
    identifier, flags, questions, answers, *_ = _header(answer)
    if identifier != _header(question)[0] or not flags & RESPONSE_FLAG:
        raise MessageError("not the answer to this query")
    if flags & RCODE_MASK != NO_ERROR:
        return None
    position = HEADER.size
    for _ in range(questions):
        position = _name(answer, position)[1] + 4
    for _ in range(answers):
        position = _name(answer, position)[1]
        record_type, _, _, length = _unpack(RECORD, answer, position)
        position += RECORD.size
        if record_type == CNAME:
            return _name(answer, position)[0]
        position += length
    return None


def encode_name(name: str) -> bytes:
    """A name as length-prefixed labels."""
    encoded = b""
    for label in name.rstrip(".").split("."):
        content = label.encode("ascii", "strict")
        if not 0 < len(content) <= LONGEST_LABEL:
            raise MessageError(f"a label of {name!r} is empty or longer than {LONGEST_LABEL}")
        encoded += bytes([len(content)]) + content
    return encoded + b"\0"


def _header(message: bytes) -> tuple[int, ...]:
    return _unpack(HEADER, message, 0)


def _unpack(layout: struct.Struct, message: bytes, position: int) -> tuple[int, ...]:
    try:
        return layout.unpack_from(message, position)
    except struct.error as error:
        raise MessageError("the message is cut short") from error


def _name(message: bytes, position: int) -> tuple[str, int]:
    """A name, which may point back into the message, and where the bytes after it begin."""
    labels: list[str] = []
    end = None
    try:
        for _ in range(MAXIMUM_LABELS):
            length = message[position]
            if length & POINTER_MASK == POINTER_MASK:
                end = end or position + 2
                position = (length & ~POINTER_MASK) << 8 | message[position + 1]
            elif length == 0:
                return ".".join(labels), end or position + 1
            else:
                labels.append(message[position + 1 : position + 1 + length].decode("ascii"))
                position += 1 + length
    except (IndexError, UnicodeDecodeError) as error:
        raise MessageError("the message is cut short") from error
    raise MessageError("a name points at itself")
