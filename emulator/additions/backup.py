"""ECHO: vault policies, notifications and locks, region settings and restore testing.

Nothing is backed up or restored.
"""

from __future__ import annotations

import time

from ministack.core.responses import AccountRegionScopedDict, get_account_id, get_region, new_uuid
from ministack.services import backup

from server.json_services import Data, ServiceError, add_routes

SETTINGS: Data = {"ResourceTypeOptInPreference": {}, "ResourceTypeManagementPreference": {}}

_policies = AccountRegionScopedDict()
_notifications = AccountRegionScopedDict()
_region_settings = AccountRegionScopedDict()
_testing_plans = AccountRegionScopedDict()
_testing_selections = AccountRegionScopedDict()


def install() -> None:
    """Answer the missing paths and the tags of restore testing plans."""
    vault, plan = "/backup-vaults/([^/]+)", "/restore-testing/plans"
    selection = f"{plan}/([^/]+)/selections"
    resolve = backup._resolve_resource

    def resolve_with_testing_plans(arn: str) -> dict[str, str] | None:
        for one in _testing_plans.values():
            if one["RestoreTestingPlanArn"] == arn:
                return one["_tags"]
        return resolve(arn)

    backup._resolve_resource = resolve_with_testing_plans
    backup.handle_request = add_routes(
        [
            ("PUT", f"{vault}/access-policy", _put_policy),
            ("GET", f"{vault}/access-policy", _get_policy),
            ("DELETE", f"{vault}/access-policy", _delete_policy),
            ("PUT", f"{vault}/notification-configuration", _put_notifications),
            ("GET", f"{vault}/notification-configuration", _get_notifications),
            ("DELETE", f"{vault}/notification-configuration", _delete_notifications),
            ("PUT", f"{vault}/vault-lock", _lock),
            ("DELETE", f"{vault}/vault-lock", _unlock),
            ("PUT", "/account-settings", _put_settings),
            ("GET", "/account-settings", _get_settings),
            ("PUT", plan, _create_plan),
            ("GET", f"{plan}/([^/]+)", _get_plan),
            ("PUT", f"{plan}/([^/]+)", _update_plan),
            ("DELETE", f"{plan}/([^/]+)", _delete_plan),
            ("PUT", selection, _create_selection),
            ("GET", f"{selection}/([^/]+)", _get_selection),
            ("PUT", f"{selection}/([^/]+)", _update_selection),
            ("DELETE", f"{selection}/([^/]+)", _delete_selection),
        ],
        backup.handle_request,
    )


def _not_found(what: str) -> ServiceError:
    return ServiceError("ResourceNotFoundException", f"Cannot find {what}")


def _vault(name: str) -> Data:
    if name not in backup._vaults:
        raise _not_found(f"backup vault {name}")
    return backup._vaults[name]


def _vault_names(name: str) -> Data:
    return {"BackupVaultName": name, "BackupVaultArn": _vault(name)["BackupVaultArn"]}


def _put_policy(data: Data, name: str) -> Data:
    _vault(name)
    _policies[name] = data["Policy"]
    return {}


def _get_policy(data: Data, name: str) -> Data:
    if name not in _policies:
        raise _not_found(f"a policy of backup vault {name}")
    return {**_vault_names(name), "Policy": _policies[name]}


def _delete_policy(data: Data, name: str) -> Data:
    _policies.pop(name, None)
    return {}


def _put_notifications(data: Data, name: str) -> Data:
    _vault(name)
    fields = ("SNSTopicArn", "BackupVaultEvents")
    _notifications[name] = {field: data[field] for field in fields}
    return {}


def _get_notifications(data: Data, name: str) -> Data:
    if name not in _notifications:
        raise _not_found(f"notifications of backup vault {name}")
    return {**_vault_names(name), **_notifications[name]}


def _delete_notifications(data: Data, name: str) -> Data:
    _notifications.pop(name, None)
    return {}


def _lock(data: Data, name: str) -> Data:
    vault = _vault(name)
    vault["Locked"] = True
    for field in ("MinRetentionDays", "MaxRetentionDays"):
        if field in data:
            vault[field] = data[field]
    return {}


def _unlock(data: Data, name: str) -> Data:
    vault = _vault(name)
    for field in ("Locked", "MinRetentionDays", "MaxRetentionDays"):
        vault.pop(field, None)
    return {}


def _put_settings(data: Data) -> Data:
    settings = {**SETTINGS, **_region_settings.get("settings", {})}
    _region_settings["settings"] = {name: {**settings[name], **data.get(name, {})} for name in SETTINGS}
    return {}


def _get_settings(data: Data) -> Data:
    return _region_settings.get("settings", SETTINGS)


def _testing_arn(name: str) -> str:
    return f"arn:aws:backup:{get_region()}:{get_account_id()}:restore-testing-plan:{name}"


def _plan_answer(name: str) -> Data:
    plan = _testing_plans[name]
    fields = ("RestoreTestingPlanArn", "RestoreTestingPlanName", "CreationTime", "UpdateTime")
    return {field: plan[field] for field in fields}


def _create_plan(data: Data) -> Data:
    plan = data["RestoreTestingPlan"]
    name = plan["RestoreTestingPlanName"]
    if name in _testing_plans:
        raise ServiceError("AlreadyExistsException", f"Restore testing plan {name} already exists")
    arn = f"{_testing_arn(name)}-{new_uuid()}"
    now = time.time()
    defaults = {"ScheduleExpressionTimezone": "Etc/UTC", "StartWindowHours": 24}
    times = {"CreationTime": now, "UpdateTime": now}
    _testing_plans[name] = {
        **defaults,
        **_selecting(plan),
        **times,
        "RestoreTestingPlanArn": arn,
        "_tags": data.get("Tags", {}),
    }
    return _plan_answer(name)


def _selecting(plan: Data) -> Data:
    """The plan with what AWS fills in where its choice of recovery points says nothing (API reference,
    RestoreTestingRecoveryPointSelection). Without the empty list the provider fails where only tags change."""
    if "RecoveryPointSelection" not in plan:
        return plan
    choice = {"ExcludeVaults": [], "SelectionWindowDays": 30, **plan["RecoveryPointSelection"]}
    return {**plan, "RecoveryPointSelection": choice}


def _find_plan(name: str) -> Data:
    if name not in _testing_plans:
        raise _not_found(f"restore testing plan {name}")
    return _testing_plans[name]


def _get_plan(data: Data, name: str) -> Data:
    return {"RestoreTestingPlan": {k: v for k, v in _find_plan(name).items() if k[0] != "_"}}


def _update_plan(data: Data, name: str) -> Data:
    _find_plan(name).update({**_selecting(data["RestoreTestingPlan"]), "UpdateTime": time.time()})
    return _plan_answer(name)


def _delete_plan(data: Data, name: str) -> Data:
    _find_plan(name)
    if any(plan == name for plan, _ in _testing_selections):
        raise ServiceError("InvalidRequestException", f"Plan {name} still has selections")
    _testing_plans.pop(name)
    return {}


def _selection_answer(plan: str, name: str) -> Data:
    return {
        "RestoreTestingPlanArn": _find_plan(plan)["RestoreTestingPlanArn"],
        "RestoreTestingPlanName": plan,
        "RestoreTestingSelectionName": name,
        "CreationTime": _testing_selections[plan, name]["CreationTime"],
        "UpdateTime": time.time(),
    }


def _create_selection(data: Data, plan: str) -> Data:
    _find_plan(plan)
    selection = data["RestoreTestingSelection"]
    name = selection["RestoreTestingSelectionName"]
    _testing_selections[plan, name] = {
        "ProtectedResourceConditions": {},
        "RestoreMetadataOverrides": {},
        "ValidationWindowHours": 0,
        **selection,
        "RestoreTestingPlanName": plan,
        "CreationTime": time.time(),
    }
    return _selection_answer(plan, name)


def _find_selection(plan: str, name: str) -> Data:
    if (plan, name) not in _testing_selections:
        raise _not_found(f"restore testing selection {name} of plan {plan}")
    return _testing_selections[plan, name]


def _get_selection(data: Data, plan: str, name: str) -> Data:
    return {"RestoreTestingSelection": _find_selection(plan, name)}


def _update_selection(data: Data, plan: str, name: str) -> Data:
    _find_selection(plan, name).update(data["RestoreTestingSelection"])
    return _selection_answer(plan, name)


def _delete_selection(data: Data, plan: str, name: str) -> Data:
    _find_selection(plan, name)
    _testing_selections.pop((plan, name))
    return {}
