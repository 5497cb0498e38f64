"""REAL: details of REST APIs that ministack takes too literally.

An empty API key value means "generate one", an empty base path means the root, a
mock integration has no HTTP method, and settings that were never made are absent
from an answer instead of empty.
"""

from __future__ import annotations

from typing import Any

from ministack.services import apigateway_v1

Response = tuple[int, dict[str, str], bytes]

ABSENT_WHEN_EMPTY = ("mutualTlsAuthentication", "accessLogSettings")


def install() -> None:
    """Normalise requests and answers."""
    put_integration = apigateway_v1._put_integration
    create_key = apigateway_v1._create_api_key
    create_mapping = apigateway_v1._create_base_path_mapping
    respond = apigateway_v1._v1_response

    def create_key_with_value(data: dict[str, Any]) -> Response:
        return create_key({k: v for k, v in data.items() if k != "value" or v})

    def create_mapping_with_path(domain_name: str, data: dict[str, Any]) -> Response:
        return create_mapping(domain_name, {**data, "basePath": data.get("basePath") or "(none)"})

    def put_integration_as_sent(
        api: str, resource: str, method: str, data: dict[str, Any]
    ) -> Response:
        if data.get("type") == "MOCK":
            data = {**data, "httpMethod": data.get("httpMethod")}
        return put_integration(api, resource, method, data)

    def respond_without_empty_settings(data: Any, *arguments: Any, **options: Any) -> Response:
        if isinstance(data, dict):
            data = {k: v for k, v in data.items() if k not in ABSENT_WHEN_EMPTY or v}
        return respond(data, *arguments, **options)

    apigateway_v1._create_api_key = create_key_with_value
    apigateway_v1._create_base_path_mapping = create_mapping_with_path
    apigateway_v1._put_integration = put_integration_as_sent
    apigateway_v1._v1_response = respond_without_empty_settings
