"""One file of somebody else's with other bytes in it: the old ones or the new ones, whatever happens."""

import contextlib
import errno
import os
import stat

from kgen.write.durable import sync_names
from kgen.write.lock import STAGE


def save(path: str, before: bytes, after: bytes) -> None:
    """
    Put ``after`` in the place of ``before``, which is what the file ``path`` has to hold still; it keeps its mode.

    Raises:
        OSError: The disk does not let us, the file has changed, or is a link. The old one is still there.
    """
    about = os.lstat(path)
    if stat.S_ISLNK(about.st_mode):
        raise OSError(errno.ELOOP, "it is a symbolic link, which kgen does not write through", path)
    if not stat.S_ISREG(about.st_mode):
        raise OSError(errno.EINVAL, "it is no regular file", path)
    with open(path, "rb") as file:
        if file.read() != before:
            raise OSError(errno.EBUSY, "it was changed while kgen was at work", path)
    new = os.path.join(os.path.dirname(path), f"{STAGE}{os.getpid()}")
    try:
        with open(new, "xb") as file:
            file.write(after)
            file.flush()
            os.fchmod(file.fileno(), stat.S_IMODE(about.st_mode))
            os.fsync(file.fileno())
        os.replace(new, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(new)
        raise
    sync_names(os.path.dirname(path) or os.curdir)
