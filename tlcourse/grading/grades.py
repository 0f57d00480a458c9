"""Grade records: one per exercise of each submission."""

from dataclasses import asdict, dataclass

__all__ = ["VERDICTS", "ExerciseGrade", "SubmissionGrade"]

# Possible verdicts. The first four are those of `tl.check`; "stopped" means the answer exceeded a
# limit or ended its process; "missing" means the notebook has no cell for it.
VERDICTS = ("passed", "not attempted", "wrong", "raised", "stopped", "missing")


@dataclass(frozen=True)
class ExerciseGrade:
    """The grade of one answer.

    Attributes:
        id: str, exercise id such as "04.2".
        points: points earned, from 0 to `max`.
        max: points for a right answer.
        verdict: one of `VERDICTS`.
        message: the diagnosis for the learner, a few lines; a line may begin with a label such as
            "Seen: ...". It reveals no hidden input.
        seconds: time taken to try the answer.
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
        student: str, name of the submission's folder.
        lesson: id, such as "04".
        exercises: tuple of `ExerciseGrade`, all of the lesson's, in its order.
        seconds: wall-clock time taken to grade.
        error: why nothing could be tried (such as a broken file), in one line; else None.
    """

    student: str
    lesson: str
    exercises: tuple[ExerciseGrade, ...]
    seconds: float = 0.0
    error: str | None = None

    @property
    def score(self):
        """Total points earned."""
        return sum(exercise.points for exercise in self.exercises)

    @property
    def max(self):
        """Total points available."""
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
