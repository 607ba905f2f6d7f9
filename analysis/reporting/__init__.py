"""Turns notebooks into pages. Only this package knows papermill and nbconvert, and only it writes `outputs/`.

`manifest` says which reports there are, `engine` executes one notebook, `page` makes its pages,
`site` the index, and `runner` does it for many at once.
"""
