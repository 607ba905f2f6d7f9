"""Cases that are drawn: as many as a test names, and a fifth of them under `make quick`."""

from hypothesis import settings


def cases(many: int) -> int:
    """How many cases to draw where `make test` draws `many`."""
    return max(many // 5, 2) if settings.get_current_profile_name() == "quick" else many


def samples(many: int) -> settings:
    """The same cases each time, as many as `cases` says."""
    return settings(derandomize=True, max_examples=cases(many), deadline=None, database=None)
