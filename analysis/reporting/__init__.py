"""Turns notebooks into pages; README.md beside this file says how. Only this package knows papermill and nbconvert, and only it
writes `outputs/`."""

import sys

# As in analysis.data.check: nbformat, too, would build these parsers, two seconds in each process that renders. It stands here
# because this runs before any module of the package imports nbformat.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
