"""The data folder of an installation: private, and used by one run at a time."""

from support.processes import free_port, refusal
from support.stack import Stack


def test_only_the_owner_can_read_the_home_folder(stack: Stack) -> None:
    """Other users of the machine can read neither secrets nor queued texts."""
    for name in ("run", "valkey"):
        assert (stack.home / name).stat().st_mode & 0o077 == 0, name
    for secret in stack.home.glob("*.secret"):
        assert secret.stat().st_mode & 0o777 == 0o600
    (sock,) = (stack.home / "run").glob("*.sock")
    assert sock.stat().st_mode & 0o077 == 0


def test_a_second_run_in_the_same_folder_is_refused(stack: Stack) -> None:
    """One line gives the reason and the way out, and the first run continues."""
    ports = {name: str(free_port()) for name in ("EMOJIFY_PORT", "EMOJIFY_FLOWER_PORT")}
    for variables in ({"EMOJIFY_LOG": "text"}, ports):  # on the same ports, and on others
        line = refusal(stack.process("local", **variables))
        assert f"already running in {stack.home} (process {stack.parts['local'].pid})" in line
        assert "EMOJIFY_HOME=" in line, "the line names the way out"
    assert stack.ready()
