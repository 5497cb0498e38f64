"""DNSSEC of hosted zones: REAL are the records that belong to a KMS key and the order of steps.

No answer is signed. Key-signing keys keep the order that AWS asks for: an active key
before signing, no signing before the key is deactivated, no active key when it is
deleted, no key left when the zone is deleted.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Awaitable, Callable
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from cryptography.hazmat.primitives.serialization import load_der_public_key
from ministack import app
from ministack.core.responses import AccountScopedDict
from ministack.services import kms, route53

Response = tuple[int, dict[str, str], bytes]
Handler = Callable[..., Awaitable[Response]]

# A zone key with the secure entry point set; DNSKEY's protocol; ECDSA P-256 with SHA-256 (RFC 4034, RFC 6605).
FLAGS, PROTOCOL, ALGORITHM, DIGEST_SHA256 = 257, 3, 13, 2

_keys = AccountScopedDict()  # zone id -> name -> key-signing key
_signing = AccountScopedDict()  # zone id -> whether it is signed


def install() -> None:
    """Answer the paths that ministack does not know, and look after the zone's deletion."""
    handle = app.SERVICE_HANDLERS["route53"]
    routes: list[tuple[str, str, Callable[..., Response]]] = [
        ("POST", r"/keysigningkey/([^/]+)/([^/]+)/activate", _activate),
        ("POST", r"/keysigningkey/([^/]+)/([^/]+)/deactivate", _deactivate),
        ("DELETE", r"/keysigningkey/([^/]+)/([^/]+)", _delete_key),
        ("GET", r"/hostedzone/([^/]+)/dnssec", _get_dnssec),
        ("POST", r"/hostedzone/([^/]+)/enable-dnssec", _enable),
        ("POST", r"/hostedzone/([^/]+)/disable-dnssec", _disable),
    ]

    async def handle_dnssec(method: str, path: str, headers: Any, body: bytes, query: Any) -> Response:
        place = path.removeprefix(f"/{route53.API_VERSION}")
        if (method, place) == ("POST", "/keysigningkey"):
            return _create_key(body)
        for verb, pattern, function in routes:
            if verb == method and (match := re.fullmatch(pattern, place)):
                return function(*match.groups())
        zone = re.fullmatch(r"/hostedzone/([^/]+)", place)
        if zone and method == "DELETE" and _keys.get(zone[1]):
            message = "The specified hosted zone contains DNSSEC Key Signing Keys and so cannot be deleted."
            return _error("HostedZoneNotEmpty", message)
        return await handle(method, path, headers, body, query)

    app.SERVICE_HANDLERS["route53"] = handle_dnssec


def _error(code: str, message: str, status: int = 400) -> Response:
    return route53._error_response(code, message, status)


def _changed(operation: str, key: dict[str, Any] | None = None, status: int = 200) -> Response:
    with route53._lock:
        change = route53._new_change()

    def build(root: Element) -> None:
        route53._build_change_info_el(root, change)
        if key:
            _write_key(SubElement(root, "KeySigningKey"), key)

    return route53._xml_response(f"{operation}Response", build, status)


def _write_key(element: Element, key: dict[str, Any]) -> None:
    for name, value in key.items():
        SubElement(element, name).text = str(value)


def _create_key(body: bytes) -> Response:
    request = route53._parse_body(body)
    zone_id, name, arn, status = (
        route53._text(request, element) for element in ("HostedZoneId", "Name", "KeyManagementServiceArn", "Status")
    )
    zone = route53._zones.get(zone_id)
    if not zone:
        return _error("NoSuchHostedZone", f"No hosted zone found with ID: {zone_id}", 404)
    if not re.fullmatch(r"[A-Za-z0-9_]{3,128}", name):
        return _error("InvalidKeySigningKeyName", f"The name {name} has invalid characters.")
    if name in _keys.get(zone_id, {}):
        return _error("KeySigningKeyAlreadyExists", f"Key Signing Key {name} exists.", 409)
    record = kms._resolve_key(arn) if arn.split(":")[3] == "us-east-1" else None
    if not record or (record["KeySpec"], record["KeyUsage"]) != ("ECC_NIST_P256", "SIGN_VERIFY"):
        message = f"{arn} is no enabled key of us-east-1 for ECC_NIST_P256 signatures."
        return _error("InvalidKMSArn", message)
    key = {"Name": name, "KmsArn": arn, "Status": status, **_records(zone["name"], record)}
    _keys[zone_id] = {**_keys.get(zone_id, {}), name: key}
    return _changed("CreateKeySigningKey", key, 201)


def _records(zone_name: str, record: dict[str, Any]) -> dict[str, Any]:
    numbers = load_der_public_key(record["_public_key_der"]).public_numbers()
    public_key = numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big")
    data = FLAGS.to_bytes(2, "big") + bytes([PROTOCOL, ALGORITHM]) + public_key
    tag, digest = key_tag(data), delegation_digest(zone_name, data)
    encoded = base64.b64encode(public_key).decode()
    return {
        "Flag": FLAGS,
        "SigningAlgorithmMnemonic": "ECDSAP256SHA256",
        "SigningAlgorithmType": ALGORITHM,
        "DigestAlgorithmMnemonic": "SHA-256",
        "DigestAlgorithmType": DIGEST_SHA256,
        "KeyTag": tag,
        "DigestValue": digest,
        "PublicKey": encoded,
        "DSRecord": f"{tag} {ALGORITHM} {DIGEST_SHA256} {digest}",
        "DNSKEYRecord": f"{FLAGS} {PROTOCOL} {ALGORITHM} {encoded}",
    }


def key_tag(data: bytes) -> int:
    """The tag of a DNSKEY record's data (RFC 4034, appendix B)."""
    total = sum(byte << 8 if place % 2 == 0 else byte for place, byte in enumerate(data))
    return (total + (total >> 16)) & 0xFFFF


def delegation_digest(zone_name: str, data: bytes) -> str:
    """The SHA-256 digest of a DS record (RFC 4034, section 5.1.4)."""
    labels = zone_name.rstrip(".").lower().split(".")
    owner = b"".join(bytes([len(label)]) + label.encode() for label in labels) + b"\0"
    return hashlib.sha256(owner + data).hexdigest().upper()


def _with_key(zone_id: str, name: str) -> dict[str, Any] | None:
    return _keys.get(zone_id, {}).get(name)


def _no_key(name: str) -> Response:
    return _error("NoSuchKeySigningKey", f"Key Signing Key {name} does not exist.", 404)


def _activate(zone_id: str, name: str) -> Response:
    if not (key := _with_key(zone_id, name)):
        return _no_key(name)
    key["Status"] = "ACTIVE"
    return _changed("ActivateKeySigningKey")


def _deactivate(zone_id: str, name: str) -> Response:
    if not (key := _with_key(zone_id, name)):
        return _no_key(name)
    others = [one for one in _keys[zone_id].values() if one is not key and one["Status"] == "ACTIVE"]
    if _signing.get(zone_id) and not others:
        message = f"Key Signing Key {name} is the only active one of a zone that is signed."
        return _error("KeySigningKeyInUse", message)
    key["Status"] = "INACTIVE"
    return _changed("DeactivateKeySigningKey")


def _delete_key(zone_id: str, name: str) -> Response:
    if not (key := _with_key(zone_id, name)):
        return _no_key(name)
    if key["Status"] != "INACTIVE":
        message = f"Key Signing Key with name {name} cannot be deleted because current status is not INACTIVE."
        return _error("InvalidKeySigningKeyStatus", message)
    _keys[zone_id] = {other: one for other, one in _keys[zone_id].items() if other != name}
    return _changed("DeleteKeySigningKey")


def _get_dnssec(zone_id: str) -> Response:
    if zone_id not in route53._zones:
        return _error("NoSuchHostedZone", f"No hosted zone found with ID: {zone_id}", 404)

    def build(root: Element) -> None:
        status = "SIGNING" if _signing.get(zone_id) else "NOT_SIGNING"
        SubElement(SubElement(root, "Status"), "ServeSignature").text = status
        keys = SubElement(root, "KeySigningKeys")
        for key in _keys.get(zone_id, {}).values():
            _write_key(SubElement(keys, "member"), key)

    return route53._xml_response("GetDNSSECResponse", build)


def _enable(zone_id: str) -> Response:
    if not any(key["Status"] == "ACTIVE" for key in _keys.get(zone_id, {}).values()):
        message = "The hosted zone has no key-signing key with the status ACTIVE."
        return _error("KeySigningKeyWithActiveStatusNotFound", message)
    _signing[zone_id] = True
    return _changed("EnableHostedZoneDNSSEC")


def _disable(zone_id: str) -> Response:
    if not _signing.get(zone_id):
        return _error("DNSSECNotFound", "The hosted zone does not have any DNSSEC resources.")
    _signing[zone_id] = False
    return _changed("DisableHostedZoneDNSSEC")
