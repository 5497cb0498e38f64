"""ECHO: Systems Manager documents. They are stored, not executed."""

from __future__ import annotations

import hashlib
import time

from ministack.core.responses import AccountRegionScopedDict, get_account_id
from ministack.services import ssm

from server.json_services import Data, ServiceError, add_actions

_documents = AccountRegionScopedDict()


def install() -> None:
    """Answer the document actions; tags of documents join ministack's tag store."""
    add_actions(
        ssm,
        {
            "CreateDocument": _create,
            "DescribeDocument": _describe,
            "GetDocument": _get,
            "UpdateDocument": _update,
            "UpdateDocumentDefaultVersion": _set_default,
            "DeleteDocument": _delete,
            "DescribeDocumentPermission": lambda data: {"AccountIds": []},
            "ModifyDocumentPermission": lambda data: {},
            "ListDocuments": _list,
        },
    )
    tag_arn = ssm._parameter_tag_arn

    def tag_arn_with_documents(resource_type: str, resource_id: str) -> str | None:
        if resource_type == "Document":
            return f"document:{resource_id}" if resource_id in _documents else None
        return tag_arn(resource_type, resource_id)

    ssm._parameter_tag_arn = tag_arn_with_documents


def _find(data: Data) -> Data:
    name = data["Name"].rpartition("/")[2]
    if name not in _documents:
        raise ServiceError("InvalidDocument", f"Document {name} does not exist")
    return _documents[name]


def _create(data: Data) -> Data:
    name = data["Name"]
    if name in _documents:
        raise ServiceError("DocumentAlreadyExists", f"Document {name} already exists")
    document_type = data.get("DocumentType", "Command")
    _documents[name] = {
        "Name": name,
        "Owner": get_account_id(),
        "CreatedDate": time.time(),
        "Status": "Active",
        "DocumentVersion": "1",
        "DefaultVersion": "1",
        "LatestVersion": "1",
        "DocumentType": document_type,
        "DocumentFormat": data.get("DocumentFormat", "JSON"),
        "TargetType": data.get("TargetType"),
        "VersionName": data.get("VersionName"),
        "SchemaVersion": "0.3" if document_type == "Automation" else "2.2",
        "PlatformTypes": ["Linux", "MacOS", "Windows"],
        "Parameters": [],
        "HashType": "Sha256",
        "Content": data["Content"],
    }
    ssm._tags[f"document:{name}"] = {tag["Key"]: tag["Value"] for tag in data.get("Tags", [])}
    return {"DocumentDescription": _description(_documents[name])}


def _description(document: Data) -> Data:
    digest = hashlib.sha256(document["Content"].encode()).hexdigest()
    fields = {k: v for k, v in document.items() if k != "Content" and v is not None}
    tags = ssm._tags.get(f"document:{document['Name']}", {})
    return {**fields, "Hash": digest, "Tags": [{"Key": k, "Value": v} for k, v in tags.items()]}


def _describe(data: Data) -> Data:
    return {"Document": _description(_find(data))}


def _get(data: Data) -> Data:
    document = _find(data)
    fields = ("Name", "DocumentVersion", "Status", "Content", "DocumentType", "DocumentFormat")
    return {field: document[field] for field in fields}


def _update(data: Data) -> Data:
    document = _find(data)
    if data["Content"] == document["Content"]:
        raise ServiceError("DuplicateDocumentContent", "The content is unchanged")
    version = str(int(document["LatestVersion"]) + 1)
    document |= {"Content": data["Content"], "LatestVersion": version, "DocumentVersion": version}
    return {"DocumentDescription": _description(document)}


def _set_default(data: Data) -> Data:
    document = _find(data)
    document["DefaultVersion"] = data["DocumentVersion"]
    return {"Description": {"Name": document["Name"], "DefaultVersion": data["DocumentVersion"]}}


def _delete(data: Data) -> Data:
    name = _find(data)["Name"]
    _documents.pop(name)
    ssm._tags.pop(f"document:{name}", None)
    return {}


def _list(data: Data) -> Data:
    return {"DocumentIdentifiers": [_description(document) for document in _documents.values()]}
