"""REAL: three requests of the AWS provider that ministack takes too literally.

An empty API key value means "generate one", an empty base path means the root,
and a domain name without mutual TLS has no such block.
"""

from __future__ import annotations

from typing import Any

from ministack.services import apigateway_v1

Response = tuple[int, dict[str, str], bytes]


def install() -> None:
    """Normalise the three requests."""
    create_key = apigateway_v1._create_api_key
    create_mapping = apigateway_v1._create_base_path_mapping
    respond = apigateway_v1._v1_response

    def create_key_with_value(data: dict[str, Any]) -> Response:
        return create_key({k: v for k, v in data.items() if k != "value" or v})

    def create_mapping_with_path(domain_name: str, data: dict[str, Any]) -> Response:
        return create_mapping(domain_name, {**data, "basePath": data.get("basePath") or "(none)"})

    def respond_without_empty_tls(data: Any, *arguments: Any, **options: Any) -> Response:
        if isinstance(data, dict) and data.get("mutualTlsAuthentication") == {}:
            data = {k: v for k, v in data.items() if k != "mutualTlsAuthentication"}
        return respond(data, *arguments, **options)

    apigateway_v1._create_api_key = create_key_with_value
    apigateway_v1._create_base_path_mapping = create_mapping_with_path
    apigateway_v1._v1_response = respond_without_empty_tls
