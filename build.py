"""Build the Timeless site: ``python build.py --help`` shows how."""

import os
import sys

THREADS = "OPENBLAS_NUM_THREADS"

if __name__ == "__main__":
    # NumPy's library reads this once, while it is imported, and would else start threads that keep
    # a core busy with waiting. A build multiplies nothing large. What trains has its own threads.
    given = os.environ.get(THREADS)
    os.environ[THREADS] = given or "1"
    from timeless.build import main

    if not given:
        del os.environ[THREADS]
    sys.exit(main(sys.argv[1:]))
