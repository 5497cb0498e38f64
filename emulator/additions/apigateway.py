"""REAL: details of REST APIs that ministack takes too literally.

An empty API key value means "generate one", an empty base path means the root, a
mock integration has no HTTP method, and settings that were never made are absent
from an answer instead of empty. A custom domain may exist in two regions, each with
an endpoint name of its own. A gateway response may quote the reason of a failed body
validation. A key is its region's, whatever others have one of the same value. A
signature that names another region or service is refused; whether it is right is
not looked at.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

from ministack.core.responses import get_account_id, get_region
from ministack.services import apigateway_v1

from server.schema_reasons import reasons

Response = tuple[int, dict[str, str], bytes]

VALIDATION_VARIABLE = b"$context.error.validationErrorString"
CREDENTIAL = re.compile(r"Credential=[^/,\s]+/\d{8}/([a-z0-9-]+)/([a-z0-9-]+)/")
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

    def put_integration_as_sent(api: str, resource: str, method: str, data: dict[str, Any]) -> Response:
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
    _install_domains()
    _install_validation_reasons()
    _install_signed_regions()
    apigateway_v1._resolve_api_key = _key_of_region


def _key_of_region(value: str | None) -> dict[str, Any] | None:
    """An API key is its region's; another region may have one of the same value."""
    keys = apigateway_v1._api_keys.values() if value else ()
    return next((key for key in keys if key.get("value") == value and key.get("enabled", True)), None)


def _install_domains() -> None:
    """Name the endpoint as AWS does, and find the domain of the request's own region first."""
    create, find = apigateway_v1._create_domain_name, apigateway_v1.find_domain_scope

    def create_with_endpoint(data: dict[str, Any]) -> Response:
        response = create(data)
        if response[0] != 201:
            return response
        domain, region = apigateway_v1._domain_names[data["domainName"]], get_region()
        seed = f"{get_account_id()} {region} {data['domainName']}"
        label = f"d-{hashlib.sha256(seed.encode()).hexdigest()[:10]}"
        domain["regionalDomainName"] = f"{label}.execute-api.{region}.amazonaws.com"
        return apigateway_v1._v1_response(domain, 201)

    def find_in_region_first(name: str) -> tuple[str, str, str] | None:
        for stored in apigateway_v1._domain_names:
            if stored.lower() == name.lower():
                return get_account_id(), get_region(), stored
        return find(name)

    apigateway_v1._create_domain_name = create_with_endpoint
    apigateway_v1.find_domain_scope = find_in_region_first


def _install_validation_reasons() -> None:
    """Fill `$context.error.validationErrorString` in gateway responses."""
    check, render = apigateway_v1._check_request_validation, apigateway_v1._gateway_error_response

    def check_with_reason(
        method: dict[str, Any], api: str, request: Any, headers: dict[str, Any], body: Any, query: dict[str, Any]
    ) -> Any:
        error = check(method, api, request, headers, body, query)
        if error is not None:
            error.reason = error.message
            if error.response_type == "BAD_REQUEST_BODY":
                error.reason = _body_reason(method, api, body)
        return error

    def render_with_reason(error: Any, request: Any) -> Response:
        status, headers, body = render(error, request)
        # Inside a JSON string the quotes of the reason have to be escaped.
        reason = json.dumps(getattr(error, "reason", ""))[1:-1].encode()
        return status, headers, body.replace(VALIDATION_VARIABLE, reason)

    apigateway_v1._check_request_validation = check_with_reason
    apigateway_v1._gateway_error_response = render_with_reason


def _install_signed_regions() -> None:
    """A signature holds in the region that it names. (Signature Version 4: the credential scope)"""
    authorize = apigateway_v1._authorize_request_v1

    async def authorize_in_region(*arguments: Any) -> Any:
        error, context = await authorize(*arguments)
        method, headers, region = arguments[2], arguments[6], arguments[12]
        if error is not None or str(method.get("authorizationType")).upper() != "AWS_IAM":
            return error, context
        signed = CREDENTIAL.search(apigateway_v1._header_ci(headers, "authorization") or "")
        if not signed:
            reason = "Authorization header requires 'Credential' parameter."
        elif signed[1] != region or signed[2] != "execute-api":
            reason = f"Credential should be scoped to a valid region, not '{signed[1]}'."
        else:
            return None, context
        return apigateway_v1._gw_error("INVALID_SIGNATURE", reason), None

    apigateway_v1._authorize_request_v1 = authorize_in_region


def _body_reason(method: dict[str, Any], api: str, body: Any) -> str:
    model = (method.get("requestModels") or {}).get("application/json")
    schema = apigateway_v1._model_schema(api, model) if model else None
    try:
        found = reasons(schema or {}, json.loads(body))
    except (ValueError, TypeError):
        return "Could not parse request body into json"
    return f"[{', '.join(found)}]"
