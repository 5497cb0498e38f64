"""REAL: VPC links of REST APIs, and the way of a request through one: link, network load balancer, target group, service, task.

What stands for the task is a local process: see `containers`. A link without a listener on the port, without running tasks or
without such a process is answered as API Gateway answers for a backend that cannot be reached.
"""

from __future__ import annotations

import asyncio
import json
import urllib.parse
from typing import Any

from ministack.core.responses import AccountRegionScopedDict, get_region
from ministack.services import alb, apigateway, apigateway_v1

from additions import containers

Data = dict[str, Any]
Response = tuple[int, dict[str, str], bytes]

HTTP_PORT = 80

_links = AccountRegionScopedDict()


def install() -> None:
    """Serve the links' own calls, and send requests through them."""
    # The paths of REST APIs are told from those of HTTP APIs before, and links are not among them.
    handle, put = apigateway.handle_request, apigateway_v1._put_integration
    invoke, resolve = apigateway_v1._invoke_http_proxy_v1, apigateway_v1._resolve_v1_tag_resource_arn

    async def handle_links(method: str, path: str, headers: Data, body: bytes, query: Data) -> Response:
        parts = [part for part in path.strip("/").split("/") if part]
        if parts and parts[0] == "vpclinks":
            return _answer(method, parts[1] if len(parts) > 1 else None, json.loads(body or b"{}"))
        answer: Response = await handle(method, path, headers, body, query)
        return answer

    def put_with_connection(api: str, resource: str, method: str, data: Data) -> Response:
        status, headers, body = put(api, resource, method, data)
        if status == 201 and data.get("connectionId"):
            integration = apigateway_v1._resources[api][resource]["resourceMethods"][method]["methodIntegration"]
            integration["connectionId"] = data["connectionId"]
            shown: Response = apigateway_v1._v1_response(integration, 201)
            return shown
        return status, headers, body

    async def invoke_through_link(integration: Data, *arguments: Any, **options: Any) -> Response:
        if integration.get("connectionType") != "VPC_LINK":
            answer: Response = await invoke(integration, *arguments, **options)
            return answer
        address = urllib.parse.urlsplit(integration.get("uri", ""))
        targets = _targets(integration.get("connectionId"), address.port or HTTP_PORT)
        origin = await asyncio.to_thread(containers.origin, targets) if targets else None
        if origin is None:
            unreachable: Response = apigateway_v1._gw_error("INTEGRATION_FAILURE", "Internal server error")
            return unreachable
        reached = {**integration, "uri": urllib.parse.urlunsplit(("http", origin, address.path, address.query, ""))}
        answered: Response = await invoke(reached, *arguments, **options)
        return answered

    def resolve_links(arn: str) -> Any:
        return (arn, None) if arn.rpartition("/")[2] in _links and "/vpclinks/" in arn else resolve(arn)

    apigateway.handle_request = handle_links
    apigateway_v1._resolve_v1_tag_resource_arn = resolve_links
    apigateway_v1._put_integration = put_with_connection
    apigateway_v1._invoke_http_proxy_v1 = invoke_through_link


def _arn(link: str) -> str:
    return f"arn:aws:apigateway:{get_region()}::/vpclinks/{link}"


def _shown(link: Data, status: int) -> Response:
    tags = apigateway_v1._v1_tags.get(_arn(link["id"])) or {}
    answer: Response = apigateway_v1._v1_response({**link, "tags": tags}, status)
    return answer


def _answer(method: str, identifier: str | None, given: Data) -> Response:
    if identifier is None:
        return _create(given) if method == "POST" else apigateway_v1._v1_response({"item": list(_links.values())})
    link = _links.get(identifier)
    if link is None:
        missing: Response = apigateway_v1._v1_error("NotFoundException", "Invalid Vpc Link identifier specified", 404)
        return missing
    if method == "DELETE":
        del _links[identifier]
        apigateway_v1._v1_tags.pop(_arn(identifier), None)
        return 202, {}, b""
    if method == "PATCH":
        apigateway_v1._apply_patch(link, given.get("patchOperations", []))
    return _shown(link, 200)


def _create(given: Data) -> Response:
    (balancer,) = given.get("targetArns") or [""]
    if (alb._lbs.get(balancer) or {}).get("Type") != "network":
        reason = f"NLB ARN is malformed or its load balancer is not there: {balancer}"
        refused: Response = apigateway_v1._v1_error("BadRequestException", reason, 400)
        return refused
    identifier = apigateway_v1.new_uuid().replace("-", "")[:6]
    link = {
        "id": identifier,
        "name": given.get("name"),
        "description": given.get("description"),
        "targetArns": [balancer],
        "status": "AVAILABLE",
        "statusMessage": "Your vpc link is ready for use",
    }
    _links[identifier] = {key: value for key, value in link.items() if value is not None}
    if given.get("tags"):
        apigateway_v1._v1_tags[_arn(identifier)] = dict(given["tags"])
    return _shown(_links[identifier], 202)


def _targets(identifier: str | None, port: int) -> str | None:
    """The target group behind a link's load balancer, on a port."""
    link = _links.get(identifier) or {"targetArns": []}
    for listener in alb._listeners.values():
        if listener["LoadBalancerArn"] in link["targetArns"] and listener["Port"] == port:
            for action in listener["DefaultActions"]:
                group: str | None = action.get("TargetGroupArn")
                return group
    return None
