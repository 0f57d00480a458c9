"""Quiz questions of lesson 01; their words stand in the notebook."""

from tlcourse.exercises.quiz import Question

QUESTIONS = (
    Question(
        "01.q1",
        right="c",
        why={
            "a": "The feature space is what an input can be: images of that size, as before.",
            "b": "The photographs are the same, so their distribution is the same.",
            "c": "Other labels, and another rule that gives them: another task, on the same "
            "domain. The head for two classes is of no use any more; the backbone may be.",
            "d": "The domain stayed, and the task did not: at least one of the two differs, which "
            "is what makes it transfer learning.",
        },
    ),
    Question(
        "01.q2",
        right="b",
        why={
            "a": "Two intervals may overlap and the difference still be clear: on the same draws "
            "the hard ones are hard for both, and that cancels in the difference.",
            "b": "The runs are paired: the same seed gave both the same images. The interval of "
            "the differences is the one that speaks of the lead.",
            "c": "The best seed is luck that was chosen. Report all of them.",
            "d": "That judges one strategy alone, and says nothing of the lead.",
        },
    ),
)
