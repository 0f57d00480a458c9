"""Run `python -m tlcourse.cli` if the command `tlcourse` is not on the PATH."""

import sys

from tlcourse.cli import main

sys.exit(main())
