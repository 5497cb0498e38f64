"""Questions asked at the same time, so that together they take as long as the slowest.

Every question gets an answer: a value, or the reason why there is none. What has not come back by
the end of the budget is "timeout".
"""

import queue
import threading
import time
from dataclasses import dataclass
from typing import Any, Callable

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
    """Asks all questions in threads and returns what they found by the end of the budget.

    The threads are daemons and are not joined: a call that hangs ends with its own time limit,
    not with this answer.
    """
    deadline = time.monotonic() + budget_seconds
    found: queue.SimpleQueue[tuple[str, Answer]] = queue.SimpleQueue()
    for name, question in questions.items():
        arguments = (name, question, found)
        threading.Thread(target=_find, args=arguments, name=name, daemon=True).start()
    answers = {name: Answer(problem="timeout") for name in questions}
    for _ in questions:
        try:
            name, answer = found.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            break
        answers[name] = answer
    return answers


def _find(name: str, question: Question, found: "queue.SimpleQueue[tuple[str, Answer]]") -> None:
    try:
        answer = Answer(value=question())
    except Exception as error:  # A defect in a question is its problem, not a silent thread.
        answer = Answer(problem=reason_of(error))
    found.put((name, answer))
