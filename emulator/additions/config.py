"""ECHO: tags of AWS Config resources, and deleting recorders and delivery channels."""

from __future__ import annotations

import json

from ministack.core.responses import AccountRegionScopedDict
from ministack.services import config

from server.json_services import Data, ServiceError, add_actions

_tags = AccountRegionScopedDict()


def install() -> None:
    """Answer the missing actions and keep the tags of new rules."""
    put_rule = config._put_config_rule

    def put_rule_with_tags(data: Data) -> tuple:
        response = put_rule(data)
        if response[0] == 200 and data.get("Tags"):
            _add_tags(_rule_arn(data["ConfigRule"]["ConfigRuleName"]), data["Tags"])
        return response

    config._put_config_rule = put_rule_with_tags
    add_actions(
        config,
        {
            "TagResource": _tag,
            "UntagResource": _untag,
            "ListTagsForResource": _list_tags,
            "DeleteDeliveryChannel": _delete_channel,
            "DeleteConfigurationRecorder": _delete_recorder,
        },
    )


def _rule_arn(name: str) -> str:
    _, _, body = config._describe_config_rules({"ConfigRuleNames": [name]})
    return json.loads(body)["ConfigRules"][0]["ConfigRuleArn"]


def _add_tags(arn: str, tags: list[Data]) -> None:
    _tags[arn] = _tags.get(arn, {}) | {tag["Key"]: tag["Value"] for tag in tags}


def _tag(data: Data) -> Data:
    _add_tags(data["ResourceArn"], data["Tags"])
    return {}


def _untag(data: Data) -> Data:
    arn = data["ResourceArn"]
    _tags[arn] = {k: v for k, v in _tags.get(arn, {}).items() if k not in data["TagKeys"]}
    return {}


def _list_tags(data: Data) -> Data:
    tags = _tags.get(data["ResourceArn"], {})
    return {"Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}


def _delete_channel(data: Data) -> Data:
    name = data["DeliveryChannelName"]
    if name not in config._delivery_channels:
        raise ServiceError("NoSuchDeliveryChannelException", f"Delivery channel {name} not found")
    if any(recorder["recording"] for recorder in config._recorders.values()):
        raise ServiceError(
            "LastDeliveryChannelDeleteFailedException",
            "Failed to delete last specified delivery channel because there is a running "
            "configuration recorder.",
        )
    config._delivery_channels.pop(name)
    return {}


def _delete_recorder(data: Data) -> Data:
    name = data["ConfigurationRecorderName"]
    if name not in config._recorders:
        raise ServiceError("NoSuchConfigurationRecorderException", f"Recorder {name} not found")
    config._recorders.pop(name)
    return {}
