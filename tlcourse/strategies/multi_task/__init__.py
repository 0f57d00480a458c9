"""One backbone, several tasks at once."""

from tlcourse.strategies.multi_task.multi_task import MultiTask, MultiTaskResult
from tlcourse.strategies.multi_task.task import Task
from tlcourse.strategies.multi_task.task_gradients import gradients_of_tasks

__all__ = [
    "MultiTask",
    "MultiTaskResult",
    "Task",
    "gradients_of_tasks",
]
