"""How hard the fuzz tests try: the same examples each time, so that CI is quiet."""

from hypothesis import HealthCheck, settings

OFTEN = settings(
    max_examples=200,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
SELDOM = settings(OFTEN, max_examples=40)
"""For what takes some milliseconds."""
