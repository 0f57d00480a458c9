"""The kernel inside the sandbox, and how it hands out answers.

Nothing outside trusts anything here, and nothing here knows the right answers.
"""

import contextlib
import importlib
import json
import os
import sys
import threading

__all__ = ["MIME_TYPE", "Reply", "answers", "main"]

_CHANNELS = ("shell", "iopub", "stdin", "control", "hb")
MIME_TYPE = "application/vnd.tlcourse.answers+json"


class Reply:
    """Text that a kernel sends under a MIME type of its own.

    Args:
        text: str, the text to send.
    """

    def __init__(self, text):
        self.text = text

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {MIME_TYPE: self.text}


def answers(observe, function, cases):
    """Try a student's answer on the cases of its exercise.

    Args:
        observe: str, "module:name" of the function that observes the answer.
        function: str, name of the student's function in the notebook.
        cases: str, plain data encoded by `tlcourse.grading.answers.wire`.

    Returns:
        `Reply` with the outcomes from `try_answer`, encoded the same way.
    """
    from IPython import get_ipython

    from tlcourse.exercises import raised, try_answer
    from tlcourse.grading.answers.wire import decode, encode

    module, _, name = observe.partition(":")
    observe = getattr(importlib.import_module(module), name)
    answer = get_ipython().user_ns.get(function)
    if not callable(answer):
        missing = NameError(f"there is no function `{function}` in the notebook")
        return Reply(encode([raised(missing, None)]))
    cases = [tuple(case) for case in decode(cases)]
    return Reply(encode(try_answer(observe, answer, cases)))


def _limit(memory, disk, processes, filtered):
    """Ask the system for hard limits; the grader counts for itself too."""
    import resource

    from tlcourse.grading.sandbox import refuse_from_now_on

    kinds = {"RLIMIT_DATA": memory, "RLIMIT_FSIZE": disk, "RLIMIT_CORE": 0}
    if processes is not None and _counts_by_namespace():
        kinds["RLIMIT_NPROC"] = processes
    for kind, value in kinds.items():
        resource.setrlimit(getattr(resource, kind), (value, value))
    if not filtered:
        refuse_from_now_on()


def _counts_by_namespace():
    """Tell whether processes are counted for the sandbox alone: since Linux 5.14, not for root."""
    import platform

    release = platform.release().split(".")
    return os.getuid() != 0 and tuple(int(part) for part in release[:2]) >= (5, 14)


def _end_with_the_grader():
    """End this process when its standard input ends: the grader that held it is gone."""
    with contextlib.suppress(OSError):  # closed by the answer; then the sandbox must do
        while os.read(0, 1):
            continue
        os._exit(0)


def _application(path):
    """Return a kernel that goes to the grader for its requests, and keep to itself otherwise."""
    from ipykernel.kernelapp import IPKernelApp

    class Application(IPKernelApp):
        def _try_bind_socket(self, s, port):
            if s is not self.shell_socket:
                return super()._try_bind_socket(s, port)
            s.connect(f"ipc://{path}")
            return port

    return Application.instance()


def main(arguments):
    """Start a kernel.

    Args:
        arguments: list of str: a JSON document with "shell", path of the socket where the grader
            listens; "key", the key that signs messages; "own", a writable folder; "limits"
            (memory, disk, processes, which may be None, and filtered, true if system calls are
            filtered already; or None for no limits); and "modules" to import first.
    """
    (document,) = arguments
    settings = json.loads(document)
    threading.Thread(target=_end_with_the_grader, daemon=True).start()
    if settings["limits"] is not None:
        _limit(**settings["limits"])
    for module in settings["modules"]:
        importlib.import_module(module)
    connection = {"transport": "ipc", "ip": f"{settings['own']}/k", "key": settings["key"]}
    connection |= {f"{name}_port": number for number, name in enumerate(_CHANNELS, 1)}
    file = f"{settings['own']}/connection.json"
    with open(file, "w", encoding="utf-8") as stream:  # noqa: PTH123 (pathlib is slow to import)
        json.dump(connection | {"signature_scheme": "hmac-sha256"}, stream)
    app = _application(settings["shell"])
    app.initialize(["-f", file, "--HistoryManager.enabled=False"])
    app.start()


if __name__ == "__main__":
    main(sys.argv[1:])
