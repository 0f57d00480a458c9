"""Example images of several domains, side by side."""

import numpy as np

from tlcourse.arguments import check_count, check_several, verb
from tlcourse.errors import BadArgument


@verb
def show_domains(ax, domains, *, per_class=1, seed=0):
    """Draw one row of images per domain, one column block per class.

    Args:
        ax: matplotlib `Axes`.
        domains: list of image `Domain`s with equal image shapes and numbers of classes.
        per_class: int, images per class.
        seed: int, selects the images.

    Returns:
        `ax`.

    Raises:
        ValueError: if the domains differ in image shape or number of classes.
    """
    domains = check_several(domains, "domains", of="domains")
    check_count(per_class, "per_class")
    kinds = {(domain.input_shape, domain.n_classes) for domain in domains}
    if len(kinds) != 1:
        raise BadArgument(f"`domains` must share shape and number of classes; got {kinds}.")
    rows = []
    for domain in domains:
        x, labels = domain.shots(per_class, seed)
        x = x[np.argsort(labels, kind="stable")]
        rows.append(np.concatenate([np.pad(image, [(1, 1), (1, 1), (0, 0)]) for image in x], 1))
    picture = np.concatenate(rows, 0)
    ax.imshow(picture.squeeze(), interpolation="nearest", aspect="equal", vmin=0, vmax=1)
    height, width = rows[0].shape[0], rows[0].shape[1] / domains[0].n_classes
    ax.set_yticks(
        (np.arange(len(domains)) + 0.5) * height - 0.5, [domain.name for domain in domains]
    )
    ax.set_xticks((np.arange(domains[0].n_classes) + 0.5) * width - 0.5, domains[0].class_names)
    ax.tick_params(length=0)
    ax.grid(visible=False)
    for side in ax.spines.values():
        side.set_visible(False)
    return ax
