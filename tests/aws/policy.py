"""Evaluates a policy, because moto does not; only the parts that our policies use.

An action is allowed if a statement allows it and none denies it. `*` stands for any letters, and
the case of actions does not matter. A condition other than StringEquals is an error.
"""

import re
from collections.abc import Mapping
from typing import Any


def allows(
    policy: Mapping[str, Any],
    action: str,
    resource: str = "*",
    context: Mapping[str, str] | None = None,
) -> bool:
    """Return whether the policy allows an action on a resource."""
    effects = {
        statement["Effect"]
        for statement in policy["Statement"]
        if _applies(statement, action, resource, context or {})
    }
    return effects == {"Allow"}


def _applies(
    statement: Mapping[str, Any], action: str, resource: str, context: Mapping[str, str]
) -> bool:
    unknown = set(statement) - {"Sid", "Effect", "Action", "Resource", "Condition"}
    assert not unknown, f"not known here: {unknown}"
    conditions = statement.get("Condition", {})
    assert set(conditions) <= {"StringEquals"}, f"not known here: {set(conditions)}"
    return (
        any(_like(each.lower(), action.lower()) for each in _list(statement["Action"]))
        and any(_like(each, resource) for each in _list(statement["Resource"]))
        and all(
            context.get(key) in _list(wanted)
            for key, wanted in conditions.get("StringEquals", {}).items()
        )
    )


def _like(pattern: str, text: str) -> bool:
    return bool(re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), text))


def _list(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
