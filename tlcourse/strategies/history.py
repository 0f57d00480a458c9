"""The history of trainings that follow each other."""


def append_history(history, more, steps):
    """Add a phase's lines, its steps and seconds counted on from those of the phases before.

    Args:
        history: dict of lists, changed in place.
        more: dict of lists of the next phase, see `tlcourse.training.train`.
        steps: int, before this phase.

    Returns:
        `history`.
    """
    seconds = history["seconds"][-1] if history.get("seconds") else 0.0
    counted = {
        "step": [step + steps for step in more["step"]],
        "seconds": [second + seconds for second in more["seconds"]],
    }
    for name, values in (more | counted).items():
        history.setdefault(name, []).extend(values)
    return history
