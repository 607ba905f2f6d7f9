"""Turns notebooks into pages; README.md beside this file says how. Only this package knows papermill and nbconvert, and only it
writes `outputs/`."""
