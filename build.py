"""Build the Timeless site: ``python build.py --help`` shows how."""

import os
import sys

THREADS = "OPENBLAS_NUM_THREADS"
MAKE_SITE = "run `make site`, which installs what is needed into .venv and builds with it"


def built():
    """Return the exit status of the command; says what to do where it cannot even start."""
    # Any Python 3 gets this far, so that an old one can say that it is.
    if sys.version_info < (3, 11):  # noqa: UP036
        return "build.py: needs Python 3.11, this is " + sys.version.split()[0] + ": " + MAKE_SITE
    # NumPy's library reads this once, while it is imported, and would else start threads that keep
    # a core busy with waiting. A build multiplies nothing large. What trains has its own threads.
    given = os.environ.get(THREADS)
    os.environ[THREADS] = given or "1"
    try:
        from timeless.build import main  # noqa: PLC0415 (after what it is told by the environment)
    except ModuleNotFoundError as error:
        if str(error.name).startswith("timeless"):
            raise
        return "build.py: " + str(error) + " for " + sys.executable + ": " + MAKE_SITE
    if not given:
        del os.environ[THREADS]
    return main(sys.argv[1:])


if __name__ == "__main__":
    try:
        sys.exit(built())
    except KeyboardInterrupt:
        sys.exit(130)
