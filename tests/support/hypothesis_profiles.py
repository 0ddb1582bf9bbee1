"""How many examples property tests try: few in `make test`, all in `make test-thorough`."""

from hypothesis import settings

# No deadline: an example's time depends on what else the machine does.
settings.register_profile("thorough", deadline=None)
settings.register_profile("dev", deadline=None, max_examples=15, derandomize=False)
_ALL = settings.get_profile("thorough").max_examples


def examples(thorough: int) -> int:
    """Return this number in the profile `thorough`, and its share in a smaller profile."""
    return max(2, thorough * settings().max_examples // _ALL)
