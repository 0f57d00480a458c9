"""The first call in every lesson."""

import os

from tlcourse.arguments import verb
from tlcourse.lessons.course import Course
from tlcourse.lessons.devices import device_names
from tlcourse.lessons.profile import resolve_data, resolve_hosts, resolve_profile, resolve_seed
from tlcourse.lessons.quiet import quiet_start


@verb
def setup(
    lesson: str | None = None,
    *,
    profile: str | None = None,
    seed: int | None = None,
    data: str | os.PathLike | None = None,
    devices: str | int | list[str] = "auto",
) -> Course:
    """Seed everything, choose profile and figure style, and show the settings.

    An argument takes precedence over the environment (TLCOURSE_PROFILE,
    TLCOURSE_SEED, TLCOURSE_DATA), which takes precedence over the default; the
    environment is then set to the choice, so that all later code agrees. Call it
    before importing Keras, to keep TensorFlow's messages about missing GPUs off the page.

    TLCOURSE_HOSTS and TLCOURSE_PROCESS, set by `tlcourse run --hosts ... --process N`,
    make this process one of several that train together on all their devices.

    Args:
        lesson: lesson id, such as "01".
        profile: "quick" (CPU, minutes) or "full" (GPU, real data).
        seed: base seed of all random numbers, 0 to 2**32 - 1.
        data: folder or URL of real data.
        devices: devices that share the work, see `tlcourse.training.use_devices`: "auto" means
            every GPU of this machine, an int that many devices.

    Returns:
        `Course`, the settings of this run.

    Raises:
        UnknownName: if the lesson or profile is unknown.
        BadArgument: if the seed or hosts are invalid, or the data folder does not exist.
        ValueError: if devices are missing.
    """
    title = ""
    if lesson is not None:
        from tlcourse.lessons.catalog import find_lesson

        found = find_lesson(lesson)
        lesson, title = found.id, found.title
    profile, seed, data = resolve_profile(profile), resolve_seed(seed), resolve_data(data)
    hosts, process = resolve_hosts()
    os.environ["TLCOURSE_PROFILE"] = profile
    os.environ["TLCOURSE_SEED"] = str(seed)
    if data is not None:
        os.environ["TLCOURSE_DATA"] = data

    # Warnings of TensorFlow's C++ side; a learner's own choice takes precedence.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    # TensorFlow's plain CPU allocator returns pages after every step and requests them again; its
    # pooling allocator saves a quarter of the time of a lesson's small trainings.
    os.environ.setdefault("TF_CPU_ALLOCATOR_USE_BFC", "true")
    with quiet_start():
        import keras

        from tlcourse.training import connect_hosts, use_devices

        # Listing the devices makes TensorFlow look for a GPU, so do it in here too.
        if hosts:
            connect_hosts(hosts, process)
        else:
            use_devices(devices)
        names = device_names()
    keras.utils.set_random_seed(seed)

    from tlcourse.plots import use_style

    use_style()
    return Course(lesson, title, profile, seed, keras.backend.backend(), names, data)
