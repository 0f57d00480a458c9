"""Quiz questions of lesson 01; their words stand in the notebook."""

from tlcourse.exercises.quiz import Question

QUESTIONS = (
    Question(
        "01.q1",
        right="c",
        why={
            "a": "The loss is the same: the mean loss over the target's labelled images.",
            "b": "Here both had the same number of steps. More steps would be an unfair gift, not "
            "fine-tuning.",
            "c": "Same network, same loss, same steps, same images: only θ at step 0 differs.",
            "d": "Freezing is a choice: the probe freezes the backbone, full fine-tuning nothing.",
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
