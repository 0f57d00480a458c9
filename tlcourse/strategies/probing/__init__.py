"""Linear probes in closed form: what features hold, level by level and task by task."""

from tlcourse.strategies.probing.matrix import ProbeMatrix, probe_matrix
from tlcourse.strategies.probing.ridge import RidgeProbe, ridge_probe

__all__ = [
    "ProbeMatrix",
    "RidgeProbe",
    "probe_matrix",
    "ridge_probe",
]
