# SPDX-License-Identifier: GPL-2.0-only
"""The error that the scripts show to their users."""


class SetupError(Exception):
    """An error outside the tests: a wrong name, a file, a missing tool.

    Its text is one line that says what was expected, what was found, and what to
    do. The scripts print it and exit with status 2.
    """
