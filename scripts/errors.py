# SPDX-License-Identifier: GPL-2.0-only
"""The one error that scripts here show to a person."""


class SetupError(Exception):
    """Something around the tests is wrong: a name, a file, a missing tool.

    Its text is one line that says what was expected, what came, and what to
    do. The scripts print it and exit with status 2.
    """
