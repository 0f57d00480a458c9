"""The course at run time: set up a lesson, state claims, list lessons.

The commands for lessons have modules of their own in `desk` and `running`. They are not imported
here, so that `tl.setup` in a notebook does not load the runner.
"""

from tlcourse.lessons.catalog import Lesson, find_lesson, lessons
from tlcourse.lessons.claim import ClaimFailed, claim
from tlcourse.lessons.course import Course
from tlcourse.lessons.devices import device_names
from tlcourse.lessons.quiet import quiet_start
from tlcourse.lessons.setup import setup

__all__ = [
    "ClaimFailed",
    "Course",
    "Lesson",
    "claim",
    "device_names",
    "find_lesson",
    "lessons",
    "quiet_start",
    "setup",
]
