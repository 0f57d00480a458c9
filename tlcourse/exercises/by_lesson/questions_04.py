"""Quiz questions of lesson 04; their words stand in the notebook."""

from tlcourse.exercises.quiz import Question

QUESTIONS = (
    Question(
        "04.q1",
        right="b",
        why={
            "a": "The head sees rows of numbers. Nothing can be flipped in them any more.",
            "b": "The backbone ran once, over one random version of each image, and that is what "
            "was kept. Take the randomness out before you cache, or leave the backbone in.",
            "c": "Computing features trains nothing: no weight moves.",
            "d": "That would be so if the backbone ran again at each epoch. A cache is read again.",
        },
    ),
    Question(
        "04.q2",
        right="c",
        why={
            "a": "A frozen BatchNorm layer runs in inference mode and leaves its averages alone: "
            "in Keras, freezing this layer does both.",
            "b": "They are not trainable, so the optimiser does not touch them.",
            "c": "Freezing stops weights, not dropout: in `fit` the frozen backbone still drops.",
            "d": "Without random layers it would be so. With dropout inside, the features change.",
        },
    ),
)
