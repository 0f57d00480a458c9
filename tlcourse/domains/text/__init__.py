"""Reviews and opinions as texts, written for the course or published."""

from tlcourse.domains.text.reviews import reviews_a, reviews_b
from tlcourse.domains.text.rt_polarity import rt_polarity

__all__ = [
    "reviews_a",
    "reviews_b",
    "rt_polarity",
]
