"""Knowledge distillation."""

from tlcourse.strategies.distillation.distil import Distil

__all__ = [
    "Distil",
]
