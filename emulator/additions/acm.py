"""ECHO: certificate options. Certificates are issued at once, without any DNS check."""

from __future__ import annotations

from typing import Any

from ministack.services import acm

DEFAULT_OPTIONS = {"CertificateTransparencyLoggingPreference": "ENABLED", "Export": "DISABLED"}


def install() -> None:
    """Give every certificate the options of its request, with AWS's defaults."""
    request = acm._request_certificate

    def request_with_options(data: dict[str, Any]) -> tuple[Any, ...]:
        known = set(acm._certificates)
        response = request(data)
        for arn in set(acm._certificates) - known:
            acm._certificates[arn]["Options"] = {**DEFAULT_OPTIONS, **data.get("Options", {})}
        return response

    acm._request_certificate = request_with_options
