"""Whatever file was stored, the splitter ends: with all rows, or with a reason."""

import pytest
from hypothesis import HealthCheck, given, settings

from emojify_core.errors import BatchFileError, UnstorableTextError
from emojify_core.messages import State
from support.any_files import SentFile, files
from support.batch_stack import BatchStack
from support.hypothesis_profiles import examples
from worker.batches.splitter import Splitter


@pytest.mark.hypothesis
@settings(max_examples=examples(200), suppress_health_check=list(HealthCheck))
@given(sent=files())
def test_any_file_is_split_or_fails_its_batch(
    stack: BatchStack, splitter: Splitter, sent: SentFile
) -> None:
    """Each step splits some bytes, and no file leaves an error that repeats."""
    try:
        batch = stack.submit(sent.content, str(sent.options["name"]))
    except (BatchFileError, UnstorableTextError):
        return
    while left := splitter.split_next_part(batch.id):
        assert left.position > batch.position
        batch = left
    now = stack.batches.get(batch.id)
    assert now.fully_split or (now.state is State.FAILED and now.reason)
