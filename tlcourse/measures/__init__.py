"""What is reported: accuracy, and intervals over seeds."""

from tlcourse.measures.accuracy import accuracy
from tlcourse.measures.interval import Interval, interval

__all__ = ["Interval", "accuracy", "interval"]
