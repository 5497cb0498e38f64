"""What must hold before roles change, each as a test of what is known.

A test returns None if the condition holds, else the reason in a few words. What a failed test
means is not decided here: it stops one procedure, makes another ask a person, and is a red check
of readiness.
"""

from aurora import GlobalDatabase
from endpoint import Health
from kill_switch import ARMED
from replication_lag import Lag

Reason = str | None

_AVAILABLE = "available"


def armed(switch: str) -> Reason:
    """The kill switch lets things happen."""
    return None if switch == ARMED else "the kill switch is not armed"


def member(database: GlobalDatabase, cluster_arn: str) -> Reason:
    """The cluster belongs to the global database."""
    return None if cluster_arn in database.members else "the cluster is no member"


def not_detached(database: GlobalDatabase, cluster_arn: str) -> Reason:
    """The cluster that has taken payments still belongs to the global database: a switchover away
    from it takes them along."""
    if cluster_arn in database.members:
        return None
    return (
        "this region's cluster is not in the global database: what it has taken would be left behind; keep"
        " payments here, and make a global database of this cluster first (docs/upgrade.md of dr-synth)"
    )


def writer(database: GlobalDatabase, cluster_arn: str) -> Reason:
    """The cluster is the writer."""
    return None if database.writer == cluster_arn else "another cluster is the writer"


def at_rest(database: GlobalDatabase) -> Reason:
    """No failover or switchover is under way."""
    return f"roles are changing, status {database.status}" if database.is_moving else None


def available(database: GlobalDatabase) -> Reason:
    """The global database is at rest and nothing else is done to it."""
    if database.status != _AVAILABLE:
        return f"the global database is {database.status}"
    return at_rest(database)


def has_instance(able_instances: int) -> Reason:
    """The cluster has an instance to be the writer. Making one would take ten minutes and more."""
    return None if able_instances > 0 else "no instance that could be the writer"


def same_version(database: GlobalDatabase, cluster_version: str) -> Reason:
    """Both clusters run the same engine, to the minor version. (Aurora user guide, "Using
    switchover or failover in Amazon Aurora Global Database")"""
    if database.engine_version == cluster_version:
        return None
    return (
        f"versions differ: {database.engine_version} and {cluster_version}; upgrade the older one "
        "with aws rds modify-db-cluster, or if its region is lost take this cluster out of the "
        "global database with aws rds remove-from-global-cluster (docs/upgrade.md of dr-synth)"
    )


def caught_up(lag: Lag | None, maximum_milliseconds: int, maximum_age_seconds: int) -> Reason:
    """The lag is known, was measured lately, and is small enough."""
    if lag is None:
        return "the lag is unknown"
    if lag.age_seconds > maximum_age_seconds:
        return f"the lag is stale: {lag.age_seconds} s old"
    if lag.milliseconds > maximum_milliseconds:
        return f"the lag is {lag.milliseconds} ms, over {maximum_milliseconds} ms"
    return None


def takes_payments(health: Health) -> Reason:
    """The region takes payments."""
    return None if health.takes_payments else health.describe()


def could_take_over(health: Health) -> Reason:
    """The region takes payments, or would if its database were the writer."""
    return None if health.takes_payments else good_standby(health)


def good_standby(health: Health) -> Reason:
    """The region would take payments if its database were the writer."""
    return None if health.only_lacks_the_writer else health.describe()
