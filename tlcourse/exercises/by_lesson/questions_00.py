"""Quiz questions of lesson 00; their words stand in the notebook."""

from tlcourse.exercises.quiz import Question

QUESTIONS = (
    Question(
        "00.q1",
        right="b",
        why={
            "a": "They come from the source domain. A high accuracy there does not tell how well "
            "handwriting is read, as you have seen.",
            "b": "Measure where the model will be used: on the target domain, with labels.",
            "c": "Confidence fell less than accuracy in this lesson: many answers were sure, and "
            "wrong.",
        },
    ),
    Question(
        "00.q2",
        right="a",
        why={
            "a": "The inputs change, the digits and their names do not: another domain, the same "
            "task.",
            "b": "The inputs are the same; what is asked of them has changed. That is another "
            "task, on the same domain.",
            "c": "The same printer and the same scanner give the same kind of input: nothing has "
            "changed.",
        },
    ),
)
