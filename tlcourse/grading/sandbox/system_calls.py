"""Seccomp filter: the system calls that a sandbox refuses.

It refuses what Python and its packages do not need and what namespaces and limits leave open:
memory that belongs to no process (anonymous files, System V segments, shared mappings), keys that
outlive the sandbox, socket families without a namespace, and new namespaces.
"""

import ctypes
import errno
import platform
import struct

__all__ = ["filter_program", "refuse_from_now_on"]

_X86_64, _AARCH64 = 0xC000003E, 0xC00000B7
_ARCHITECTURES = {"x86_64": _X86_64, "aarch64": _AARCH64}
# Numbers on x86_64 and aarch64 (the kernel's tables).
_REFUSED = {
    "add_key": (248, 217),
    "bpf": (321, 280),
    "fsopen": (430, 430),
    "keyctl": (250, 219),
    "mount": (165, 40),
    "msgget": (68, 186),
    "open_tree": (428, 428),
    "perf_event_open": (298, 241),
    "request_key": (249, 218),
    "semget": (64, 190),
    "setns": (308, 268),
    "shmget": (29, 194),
    "unshare": (272, 97),
    "userfaultfd": (323, 282),
}
# Programs fall back to other calls when these are missing.
_MISSING = {
    "clone3": (435, 435),
    "io_uring_setup": (425, 425),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
}
_CLONE, _MMAP, _SOCKET = (56, 220), (9, 222), (41, 198)
_CLONE_NEWUSER = 0x10000000
_SHARED_ANONYMOUS = 0x21  # MAP_SHARED | MAP_ANONYMOUS
_FAMILIES = (1, 2, 10, 16)  # unix, inet, inet6, netlink: each belongs to a namespace
_X32 = 0x40000000  # an older numbering of the same calls

# Constants of the kernel's classic BPF.
_LOAD, _AND, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x54, 0x15, 0x35, 0x06
_PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 22, 38
_ALLOW, _ERROR = 0x7FFF0000, 0x00050000
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16


def filter_program(machine):
    """Return the filter as the kernel reads it.

    Args:
        machine: str, as returned by `platform.machine()`.

    Returns:
        Bytes, or None for a machine whose call numbers are unknown here.
    """
    if machine not in _ARCHITECTURES:
        return None
    column = list(_ARCHITECTURES).index(machine)
    refuse, absent = _ERROR | errno.EPERM, _ERROR | errno.ENOSYS
    steps = [
        _step(_LOAD, _ARCHITECTURE),
        _step(_EQUAL, _ARCHITECTURES[machine], 1, 0),
        _step(_RETURN, refuse),
        _step(_LOAD, _NUMBER),
        _step(_AT_LEAST, _X32, 0, 1),
        _step(_RETURN, refuse),
    ]
    for calls, answer in ((_REFUSED, refuse), (_MISSING, absent)):
        for numbers in calls.values():
            steps += [_step(_EQUAL, numbers[column], 0, 1), _step(_RETURN, answer)]
    steps += _with_bits(_CLONE[column], 0, _CLONE_NEWUSER, refuse)
    steps += _with_bits(_MMAP[column], 3, _SHARED_ANONYMOUS, _ERROR | errno.ENOMEM)
    steps += _of_other_family(_SOCKET[column], refuse)
    return b"".join([*steps, _step(_RETURN, _ALLOW)])


def refuse_from_now_on():
    """Put the filter on this process and all that it starts, for good; a further one stays.

    Raises:
        OSError: if the system refuses.
    """
    program = filter_program(platform.machine())
    if program is None:
        return
    libc = ctypes.CDLL(None, use_errno=True)
    held = _Program(len(program) // 8, program)
    for words in ((_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), (_PR_SET_SECCOMP, 2, ctypes.byref(held))):
        if libc.prctl(*words):
            raise OSError(ctypes.get_errno(), "the system calls cannot be filtered")


class _Program(ctypes.Structure):
    """The kernel's `struct sock_fprog`."""

    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def _step(code, value, if_true=0, if_false=0):
    return struct.pack("<HBBI", code, if_true, if_false, value)


def _with_bits(number, argument, bits, answer):
    """Refuse a call in whose argument all these bits are set."""
    inner = [
        _step(_LOAD, _ARGUMENTS + 8 * argument),
        _step(_AND, bits),
        _step(_EQUAL, bits, 0, 1),
        _step(_RETURN, answer),
        _step(_LOAD, _NUMBER),
    ]
    return [_step(_EQUAL, number, 0, len(inner)), *inner]


def _of_other_family(number, answer):
    """Refuse sockets of a family that is not in `_FAMILIES`."""
    inner = [_step(_LOAD, _ARGUMENTS)]
    inner += [_step(_EQUAL, f, len(_FAMILIES) - i, 0) for i, f in enumerate(_FAMILIES)]
    inner += [_step(_RETURN, answer), _step(_LOAD, _NUMBER)]
    return [_step(_EQUAL, number, 0, len(inner)), *inner]
