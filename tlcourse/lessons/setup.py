"""The first call of every lesson."""

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
    """Seed everything, choose the profile and the figures' style, and say what there is.

    An argument counts before the environment (TLCOURSE_PROFILE, TLCOURSE_SEED,
    TLCOURSE_DATA), that before the default; the environment is then set to what
    was chosen, so that all code below agrees. Call it before Keras is imported:
    then TensorFlow's messages about missing GPUs stay off the page.

    TLCOURSE_HOSTS and TLCOURSE_PROCESS, which `tlcourse run --hosts ... --process N`
    sets, make this process one of several that train together on all their devices.

    Args:
        lesson: the lesson's id, such as "01".
        profile: "quick" (a CPU, minutes) or "full" (a GPU, real data).
        seed: base of all random numbers, 0 to 2**32 - 1.
        data: folder or URL in which real data is looked for.
        devices: what shares the work, see `tlcourse.training.use_devices`: "auto" takes every
            GPU of this machine, an int the first so many devices.

    Returns:
        `Course`: what was chosen and what there is.

    Raises:
        UnknownName: for an unknown lesson or profile.
        BadArgument: for a bad seed, a data folder that does not exist, or hosts that cannot be.
        ValueError: for devices that are not there.
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

    # Warnings of TensorFlow's C++ side; a learner's own choice stays.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    # TensorFlow's plain CPU allocator gives pages back after every step and asks for them again;
    # its pooling one makes the small trainings of a lesson a quarter cheaper.
    os.environ.setdefault("TF_CPU_ALLOCATOR_USE_BFC", "true")
    with quiet_start():
        import keras

        from tlcourse.training import connect_hosts, use_devices

        # Listing the devices is what makes TensorFlow look for a GPU, so it is done in here too.
        if hosts:
            connect_hosts(hosts, process)
        else:
            use_devices(devices)
        names = device_names()
    keras.utils.set_random_seed(seed)

    from tlcourse.plots import use_style

    use_style()
    return Course(lesson, title, profile, seed, keras.backend.backend(), names, data)
