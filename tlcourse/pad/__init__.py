"""A drawing pad: digits in your own hand, as a domain."""

from tlcourse.pad.drawing_pad import DrawingPad, draw_digits

__all__ = ["DrawingPad", "draw_digits"]
