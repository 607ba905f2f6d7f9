"""What every figure can be, as the rows of a table: for tests that look figures up."""

import pandas as pd

from analysis.press.verdict import Case, Range, ranges


def bounds(claims, complete=()):
    """The rows of `ranges`: whole numbers beside shares, and None where an end is open."""
    rows = ranges(Case(claims, complete))
    frame = pd.DataFrame(rows, columns=Range._fields)
    ends = [name for name in Range._fields if name.endswith(("low", "high"))]
    return frame.assign(**{end: pd.Series([getattr(row, end) for row in rows], dtype=object) for end in ends})
