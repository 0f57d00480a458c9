"""A student that learns from what a teacher says."""

from tlcourse.strategies.distillation.distil import Distil

__all__ = [
    "Distil",
]
