"""REAL: Lambda's concurrency on one machine.

AWS starts an execution environment for every concurrent request. Here each one is
a Python process that takes a second of CPU time to start, so a burst beyond a few
processes waits for a free one instead of starving all of them. Reserved
concurrency is still enforced by ministack, with a throttle as on AWS.
"""

from __future__ import annotations

import os
import threading
import time
from typing import Any

from ministack.services import lambda_svc

MAXIMUM_WORKERS = max(4, 2 * (os.cpu_count() or 1))
# A function that invokes itself holds the worker it waits for: after this time a
# process is started in any case.
PATIENCE_SECONDS = 20.0


def install() -> None:
    """Wait for a released worker where ministack would start another process."""
    acquire, release = lambda_svc.acquire_worker, lambda_svc.release_worker
    released = threading.Condition()

    def acquire_with_patience(*arguments: Any, **options: Any) -> tuple[Any, str]:
        deadline = time.monotonic() + PATIENCE_SECONDS
        limited = {**options, "max_concurrency": MAXIMUM_WORKERS}
        with released:
            while time.monotonic() < deadline:
                worker, reason = acquire(*arguments, **limited)
                if worker:
                    return worker, reason
                released.wait(timeout=1.0)
        return acquire(*arguments, **options)

    def release_and_notify(worker: Any) -> None:
        release(worker)
        with released:
            released.notify_all()

    lambda_svc.acquire_worker = acquire_with_patience
    lambda_svc.release_worker = release_and_notify
