"""Grade records: one per exercise of each submission."""

from dataclasses import asdict, dataclass

__all__ = ["VERDICTS", "ExerciseGrade", "SubmissionGrade"]

# What can be said of an answer. The first four are those of `tl.check`; "stopped" is one that took
# too long, or too much of the machine, or ended its process; "missing" has no cell in the notebook.
VERDICTS = ("passed", "not attempted", "wrong", "raised", "stopped", "missing")


@dataclass(frozen=True)
class ExerciseGrade:
    """The grade of one answer.

    Attributes:
        id: exercise, such as "04.2".
        points: earned, from 0 to `max`.
        max: points that a right answer earns.
        verdict: one of `VERDICTS`.
        message: the diagnosis, a few lines for the learner; a line may begin with a label such as
            "Seen: ...". It shows no hidden input.
        seconds: time that trying the answer took.
    """

    id: str
    points: float
    max: float
    verdict: str
    message: str
    seconds: float = 0.0

    def __post_init__(self):
        if self.verdict not in VERDICTS:
            raise ValueError(f"`verdict` must be one of {VERDICTS}; got {self.verdict!r}.")
        if not 0 <= self.points <= self.max:
            raise ValueError(f"`points` must lie in [0, {self.max}]; got {self.points!r}.")


@dataclass(frozen=True)
class SubmissionGrade:
    """The grades of one submission: one student's notebook of one lesson.

    Attributes:
        student: str, as the submission's folder is called.
        lesson: id, such as "04".
        exercises: tuple of `ExerciseGrade`, in the lesson's order, all of them.
        seconds: wall-clock time that grading took.
        error: why nothing could be tried (a broken file, say), in one line; None when it could.
    """

    student: str
    lesson: str
    exercises: tuple[ExerciseGrade, ...]
    seconds: float = 0.0
    error: str | None = None

    @property
    def score(self):
        """Points earned in all."""
        return sum(exercise.points for exercise in self.exercises)

    @property
    def max(self):
        """Points that could be earned in all."""
        return sum(exercise.max for exercise in self.exercises)

    def to_record(self):
        """Return plain data for JSON (dict): the fields, and "score" and "max"."""
        return {**asdict(self), "score": self.score, "max": self.max}

    @classmethod
    def from_record(cls, record):
        """Return the grade that `to_record` wrote down.

        Args:
            record: dict.

        Returns:
            `SubmissionGrade`.
        """
        exercises = tuple(ExerciseGrade(**exercise) for exercise in record["exercises"])
        fields = {name: record[name] for name in ("student", "lesson", "seconds", "error")}
        return cls(exercises=exercises, **fields)
