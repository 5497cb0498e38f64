"""ECHO: tags of AWS Config resources, aggregators, and deleting recorders and delivery channels."""

from __future__ import annotations

import json
import time
from typing import Any

from ministack.core.responses import AccountRegionScopedDict, get_account_id, get_region, new_uuid
from ministack.services import config

from server.json_services import Data, ServiceError, add_actions

_tags = AccountRegionScopedDict()
_aggregators = AccountRegionScopedDict()


def install() -> None:
    """Answer the missing actions and keep the tags of new rules."""
    put_rule = config._put_config_rule

    def put_rule_with_tags(data: Data) -> tuple[Any, ...]:
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
            "PutConfigurationAggregator": _put_aggregator,
            "DescribeConfigurationAggregators": _describe_aggregators,
            "DeleteConfigurationAggregator": _delete_aggregator,
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
            "Failed to delete last specified delivery channel because there is a running configuration recorder.",
        )
    config._delivery_channels.pop(name)
    return {}


def _delete_recorder(data: Data) -> Data:
    name = data["ConfigurationRecorderName"]
    if name not in config._recorders:
        raise ServiceError("NoSuchConfigurationRecorderException", f"Recorder {name} not found")
    config._recorders.pop(name)
    return {}


def _put_aggregator(data: Data) -> Data:
    name = data["ConfigurationAggregatorName"]
    account = f"arn:aws:config:{get_region()}:{get_account_id()}"
    now = time.time()
    new = {
        "ConfigurationAggregatorName": name,
        "ConfigurationAggregatorArn": f"{account}:config-aggregator/config-aggregator-{new_uuid()[:8]}",
        "CreationTime": now,
    }
    fields = ("AccountAggregationSources", "OrganizationAggregationSource")
    sources = {field: data[field] for field in fields if field in data}
    _aggregators[name] = {**_aggregators.get(name, new), **sources, "LastUpdatedTime": now}
    if data.get("Tags"):
        _add_tags(_aggregators[name]["ConfigurationAggregatorArn"], data["Tags"])
    return {"ConfigurationAggregator": _aggregators[name]}


def _find_aggregator(name: str) -> Data:
    if name not in _aggregators:
        raise ServiceError("NoSuchConfigurationAggregatorException", f"The aggregator {name} does not exist")
    return _aggregators[name]


def _describe_aggregators(data: Data) -> Data:
    names = data.get("ConfigurationAggregatorNames") or list(_aggregators)
    return {"ConfigurationAggregators": [_find_aggregator(name) for name in names]}


def _delete_aggregator(data: Data) -> Data:
    _find_aggregator(data["ConfigurationAggregatorName"])
    _aggregators.pop(data["ConfigurationAggregatorName"])
    return {}
