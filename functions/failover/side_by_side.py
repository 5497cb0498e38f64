"""Questions asked at the same time.

Every question gets an answer: a value, or the reason why there is none. What has not come back by
the end of the budget is "timeout".
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import concurrently
from failures import Unknown, reason_of

Question = Callable[[], Any]


@dataclass(frozen=True)
class Answer:
    """What a question found. `problem` is None if it found something."""

    value: Any = None
    problem: str | None = None

    def known(self) -> Any:
        """The value; raises `Unknown` where there is none."""
        if self.problem is not None:
            raise Unknown(self.problem)
        return self.value


def ask(questions: dict[str, Question], budget_seconds: float) -> dict[str, Answer]:
    """Asks all questions and returns what they found by the end of the budget."""
    calls = {name: partial(_found, question) for name, question in questions.items()}
    return concurrently.run(calls, budget_seconds, _not_found, Answer(problem="timeout"))


def _found(question: Question) -> Answer:
    return Answer(value=question())


def _not_found(_name: str, error: Exception) -> Answer:
    return Answer(problem=reason_of(error))
