"""What a failure nobody foresaw may say of itself in a log: what kind it is, and where it happened."""

import traceback

FRAMES = 12  # the innermost


def describe(error: BaseException) -> dict[str, object]:
    """Never the message, which may quote what a person typed, or a row."""
    frames = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    return {"kind": type(error).__name__, "frames": frames[-FRAMES:]}


def unwrapped(error: BaseException) -> BaseException:
    """The first failure of a task group, in whichever depth: the others were its consequences, or came too late."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
