"""`down` deletes the host and keeps the data, unless the user confirms the deletion twice."""

from aws.cloud import REPOSITORY, STACK, Cloud
from aws.conftest import FIRST


def test_down_needs_a_confirmation(cloud: Cloud, deployed: str) -> None:
    """The user types the name of the stack."""
    assert deployed
    told = cloud.script("down", fails=True, stdin="yes\n").told
    assert "Nothing was changed." in told
    cloud.script("down", "--dry-run")
    assert cloud.resources()["Host"]


def test_down_keeps_the_data_for_the_next_up(cloud: Cloud, deployed: str) -> None:
    """A new machine has the same corrections, models and secrets."""
    assert deployed
    volume, secrets = cloud.resources()["Data"], cloud.secrets()
    host = cloud.resources()["Host"]
    cloud.forget_routes()
    told = cloud.script("down", stdin=f"{STACK}\n").told
    assert f"The data volume {volume} stays" in told
    typed = cloud.typed.read_text()
    stop, delete = f"stop-instances --instance-ids {host}", "cloudformation delete-stack"
    assert 0 < typed.index(stop) < typed.rindex(delete), "stopped in order before it is deleted"
    assert cloud.secrets() == secrets
    found = cloud.aws("ec2", "describe-volumes", "--volume-ids", volume)["Volumes"]
    assert len(found) == 1
    assert cloud.aws("ecr", "describe-repositories")["repositories"]

    template = (REPOSITORY / "deploy/aws/host.yaml").read_text()
    assert 'Tags: [{Key: Name, Value: !Sub "${AWS::StackName}-data"}]' in template
    volume = cloud.left_behind(volume)
    told = cloud.script("up", "--tag", FIRST, "--image", "ami-12c6146b").told
    assert volume in told
    assert f"volume={volume}\n" in cloud.user_data()
    assert "Data" not in cloud.resources()
    assert cloud.secrets() == secrets


def test_deleting_the_data_needs_two_confirmations(cloud: Cloud, deployed: str) -> None:
    """Then nothing is left that costs money."""
    assert deployed
    cloud.script("down", "--delete-data", fails=True, stdin=f"{STACK}\nno\n")
    assert cloud.secrets()
    assert data_volumes(cloud)
    template = (REPOSITORY / "deploy/aws/registry.yaml").read_text()
    assert template.count("EmptyOnDelete: true") == template.count("Type: AWS::ECR::Repository")
    cloud.forget_routes()
    cloud.forget_images()
    cloud.script("down", "--delete-data", stdin=f"{STACK}\ndelete\n")
    assert cloud.parameters() == {}
    assert data_volumes(cloud) == []
    assert cloud.aws("ecr", "describe-repositories")["repositories"] == []


def data_volumes(cloud: Cloud) -> list[object]:
    """Return this stack's data volumes."""
    named = f"Name=tag:Name,Values={STACK}-data"
    return list(cloud.aws("ec2", "describe-volumes", "--filters", named)["Volumes"])
