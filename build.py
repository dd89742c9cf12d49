"""Build the Timeless site: ``python build.py --help`` shows how."""

import sys

from timeless.build import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
