"""Quiz questions of lesson 00; their words stand in the notebook."""

from tlcourse.exercises.quiz import Question

QUESTIONS = (
    Question(
        "00.q1",
        right="b",
        why={
            "a": "New images of the same fonts say nothing about other handwriting: they come from "
            "the source domain.",
            "b": "Accuracy counts only where the model will be used: on the target domain.",
            "c": "Confidence fell less than accuracy in this lesson: a model may be sure, and "
            "wrong.",
        },
    ),
    Question(
        "00.q2",
        right="c",
        why={
            "a": "That is the source domain: it is where the network comes from.",
            "b": "Those are labels. A domain is about inputs: which there are, and how often.",
            "c": "The target domain is where the network is to be used, labelled or not.",
        },
    ),
)
