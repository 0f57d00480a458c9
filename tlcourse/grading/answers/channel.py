"""Jupyter messages over one socket, with bounded memory.

ZeroMQ's own reader accepts messages before anyone asks for them, in any number of parts. Here
nothing is read unasked, and both the size of a message and its number of parts are limited.
"""

import json
import re
import secrets
import struct

from jupyter_client.session import DELIM, Session

__all__ = ["Channel", "ChannelBroken"]

# ZMTP 3.0 (https://rfc.zeromq.org/spec/23): each side sends a greeting and READY, then frames.
_GREETING = b"\xff" + bytes(8) + b"\x7f" + b"\x03\x00" + b"NULL".ljust(20, b"\0") + bytes(32)
_READY = b"\x05READY\x0bSocket-Type" + struct.pack(">I", 6) + b"DEALER"
_MORE, _LONG, _COMMAND = 1, 2, 4
_WAIT_SECONDS = 0.05
_MOST_FRAMES = 40
_MOST_ENVELOPE = 20_000  # bytes of a header
_MOST_STRUCTURE = 100_000  # bytes of a content, strings excluded
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"', re.DOTALL)


class ChannelBroken(Exception):  # noqa: N818 (it reads better)
    """The other end closed the channel or sent an invalid message; nothing more can be read."""


class Channel:
    """The request channel to a kernel.

    Args:
        connected: socket connected to the kernel; closed with the channel.
        key: str, the key with which the kernel signs messages.
        most: int, maximum bytes to read of one message.
        wait: callable without arguments, polled while reading and writing; raises
            on timeout. Assign to the attribute `wait` to replace it.
    """

    def __init__(self, connected, *, key, most, wait):
        self._session = Session(key=key.encode(), signature_scheme="hmac-sha256")
        self._most, self._left, self.wait = most, most, wait
        self._socket = connected
        try:
            self._socket.settimeout(_WAIT_SECONDS)
            self._send(_GREETING + bytes([_COMMAND, len(_READY)]) + _READY)
            self._read(len(_GREETING))  # the frames that follow show if it speaks this protocol
        except BaseException:
            self.close()
            raise

    def request(self, kind, content):
        """Send a request, and return the content of its reply (dict).

        Args:
            kind: str, message type.
            content: dict.

        Raises:
            ChannelBroken: if no reply can arrive any more.
        """
        message = self._session.msg(kind, content)
        # Default ids count up, so a reply could be forged before its request.
        message["header"]["msg_id"] = message["msg_id"] = asked = secrets.token_hex(16)
        frames = self._session.serialize(message)
        self._send(b"".join(_framed(f, i < len(frames) - 1) for i, f in enumerate(frames)))
        while True:
            reply = _content(self._message(), asked)
            if reply is not None:
                return reply

    def close(self):
        """Close the socket."""
        self._socket.close()

    def _message(self):
        """Return the frames of the next message."""
        frames, self._left = [], self._most
        while True:
            (flags,) = self._read(1)
            form = ">Q" if flags & _LONG else "B"
            (size,) = struct.unpack(form, self._read(struct.calcsize(form)))
            frame = self._read(size)
            if flags & _COMMAND:
                continue
            frames.append(frame)
            if not flags & _MORE:
                return frames
            if len(frames) == _MOST_FRAMES:
                raise ChannelBroken

    def _read(self, size):
        if size > self._left:
            raise ChannelBroken
        self._left -= size
        parts, missing = [], size
        while missing:
            self.wait()
            try:
                part = self._socket.recv(min(missing, 1 << 20))
            except TimeoutError:
                continue
            except OSError as error:
                raise ChannelBroken from error
            if not part:
                raise ChannelBroken
            parts.append(part)
            missing -= len(part)
        return b"".join(parts)

    def _send(self, data):
        rest = memoryview(data)
        while rest:
            self.wait()
            try:
                rest = rest[self._socket.send(rest) :]
            except TimeoutError:
                continue
            except OSError as error:
                raise ChannelBroken from error


def _framed(data, more):
    data = bytes(data)
    return struct.pack(">BQ", _LONG | (_MORE if more else 0), len(data)) + data


def _content(frames, asked):
    """Return the content of a reply to what was asked, or None of any other message."""
    if DELIM not in frames:
        return None
    _, _, parent, _, content = [*frames[frames.index(DELIM) + 1 :], *5 * [b""]][:5]
    if len(parent) > _MOST_ENVELOPE:
        return None
    try:
        parent = json.loads(parent)
        if not isinstance(parent, dict) or parent.get("msg_id") != asked:
            return None
        # Text costs its length in memory; nested lists cost thirty times theirs.
        if len(_STRING.sub(b"", content)) > _MOST_STRUCTURE:
            return {}
        content = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else {}
