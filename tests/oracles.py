"""What tests hold the methods against, where more than one test needs it."""


def closed_form(c0: float, h: float, l: float, g: float, years: int) -> float:  # noqa: E741 (the equation's letter)
    """The coverage rate of one segment after `years` of constant enrolment, lapse and growth (`projection.model`).

    >>> round(closed_form(c0=0.2679, h=0.08, l=0.03, g=0.012, years=22), 12)
    0.632762526151
    """
    rising = max(g, 0.0)
    if rising + h + l == 0:
        return c0
    limit = h / (rising + h + l)
    return limit + (c0 - limit) * ((1 - h - l) / (1 + rising)) ** years
