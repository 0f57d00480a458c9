"""Distillation losses: match a teacher's soft outputs or features."""

from keras import ops

from tlcourse.arguments import check_number, verb
from tlcourse.errors import BadArgument
from tlcourse.losses.tensors import check_shape, floats, matrix


@verb
def distillation_loss(student_logits, teacher_logits, *, temperature=4.0):
    """Kullback-Leibler divergence between softened predictions, times T².

    loss = mean_i T² · Σ_k q_ik · log(q_ik / p_ik), with q = softmax(teacher / T) and
    p = softmax(student / T).
    The teacher's small probabilities tell which classes it finds similar. A high T amplifies them;
    T² keeps the gradient at about the same size for every T.

    Where we differ: the paper's cross-entropy has the same gradient, but is not 0 when student and
    teacher agree. The caller adds the labels' own loss.

    Args:
        student_logits: float array (n, k), k >= 2.
        teacher_logits: float array (n, k). Gets no gradient.
        temperature: float > 0, T.

    Returns:
        Scalar >= 0, input dtype, in nats times T².

    Raises:
        ValueError: if an input is not 2-D, the shapes differ, or `temperature` is not above 0.

    Example:
        >>> import numpy as np
        >>> logits = np.array([[3.0, 1.0, -2.0]])
        >>> float(distillation_loss(logits + 5.0, logits))
        0.0

    Reference:
        Hinton, Vinyals & Dean, "Distilling the Knowledge in a Neural Network", 2015.
    """
    check_number(temperature, "temperature", above=0)
    student = matrix(student_logits, "student_logits", columns=2)
    teacher = matrix(teacher_logits, "teacher_logits", like=student, columns=2)
    check_shape(teacher, "teacher_logits", student, "student_logits")
    log_p = ops.log_softmax(student / temperature, axis=-1)
    log_q = ops.log_softmax(ops.stop_gradient(teacher) / temperature, axis=-1)
    divergence = ops.sum(ops.exp(log_q) * (log_q - log_p), axis=-1)
    return temperature**2 * ops.mean(divergence)


@verb
def hint_loss(student_features, teacher_features):
    """Half the squared distance between two networks' features, mean over the batch.

    loss = ½ · mean_i ‖student_i − teacher_i‖², over all axes of an example.
    A hint is a layer in the middle of the teacher, which gives a deep thin student a gradient
    there. If the widths differ, map the student's features to the teacher's by a trainable layer.

    Args:
        student_features: float array (n, ...), such as features (n, d) or maps (n, h, w, c).
        teacher_features: float array of the same shape. Gets no gradient.

    Returns:
        Scalar >= 0, input dtype, in units of feature scale ** 2.

    Raises:
        ValueError: if an input has only the batch axis, or the shapes differ.

    Example:
        >>> import numpy as np
        >>> float(hint_loss(np.array([[1.0, 2.0]]), np.array([[4.0, 6.0]])))  # ½ · (3² + 4²)
        12.5

    Reference:
        Romero et al., "FitNets: Hints for Thin Deep Nets", ICLR 2015.
    """
    student = floats(student_features)
    teacher = floats(teacher_features, like=student)
    if len(student.shape) < 2:
        raise BadArgument(
            f"`student_features` must have shape (n, ...); got {tuple(student.shape)}."
        )
    check_shape(teacher, "teacher_features", student, "student_features")
    squared = ops.square(student - ops.stop_gradient(teacher))
    return ops.mean(ops.sum(squared, axis=tuple(range(1, len(student.shape))))) / 2
