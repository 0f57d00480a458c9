"""The Course object that `tl.setup` returns."""

import html
from dataclasses import dataclass

from tlcourse.arguments import check_count

_GPU_HELP = (
    "No GPU here, so this part is skipped: on Linux with an NVIDIA card, pip install"
    " 'tlcourse[cuda]'; else open the notebook on a machine that has one."
)


@dataclass(frozen=True, repr=False)
class Course:
    """The settings of one run of one lesson.

    Attributes:
        lesson: lesson id, or None outside a lesson.
        title: lesson title, or "".
        profile: "quick" or "full".
        seed: base seed of all random numbers.
        backend: Keras backend.
        devices: device names in Keras, such as "gpu:0".
        data: folder or URL of real data, or None.
    """

    lesson: str | None
    title: str
    profile: str
    seed: int
    backend: str
    devices: tuple[str, ...]
    data: str | None = None

    @property
    def quick(self) -> bool:
        """Tell whether this is the profile for a laptop and a few minutes."""
        return self.profile == "quick"

    def seeds(self, n: int) -> list[int]:
        """Return `n` different seeds derived from the base seed.

        A larger `n` only adds seeds, so more runs extend an earlier result.

        Args:
            n: int >= 1, number of seeds.

        Returns:
            List of n different ints from 0 to 2**31 - 1.

        Example:
            >>> course = Course("01", "", "quick", 0, "tensorflow", ("cpu:0",))
            >>> course.seeds(2) == course.seeds(5)[:2]
            True
        """
        check_count(n, "n")
        import numpy as np

        # Words repeat about once in 2**31; 2n plus a few always leave n different ones.
        words = np.random.SeedSequence(self.seed).generate_state(2 * n + 8) >> 1
        return list(dict.fromkeys(int(word) for word in words))[:n]

    def offers(self, name: str) -> bool:
        """Tell whether a part of the lesson can run here; when not, prints one line how to get it.

        Args:
            name: "gpu", or the name of a domain such as "mnist".

        Raises:
            UnknownName: for a domain that does not exist.
        """
        if name == "gpu":
            there, how = any(device.startswith("gpu") for device in self.devices), _GPU_HELP
        else:
            from tlcourse.domains import available

            there, how = available(name)
        if not there:
            print(how)
        return there

    def __repr__(self):
        return "\n".join(f"{name:<9}{value}" for name, value in self._rows())

    def _repr_html_(self):
        # A plain two-column table reads well on light and dark pages.
        rows = "".join(
            f'<tr><th style="text-align: left">{name}</th>'
            f'<td style="text-align: left">{html.escape(value)}</td></tr>'
            for name, value in self._rows()
        )
        return f"<table>{rows}</table>"

    def _rows(self):
        if self.lesson:
            yield "lesson", f"{self.lesson} {self.title}".strip()
        minutes = "a CPU, minutes" if self.quick else "a GPU, real data, longer training"
        yield "profile", f"{self.profile} ({minutes})"
        yield "seed", str(self.seed)
        yield "backend", f"{self.backend} on {', '.join(self.devices)}"
        yield "data", self.data or "bundled with the course"
