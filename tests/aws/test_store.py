"""The file store in S3 passes the same suite as the store in a folder."""

import subprocess
import sys

from aws.cloud import REGION, REPOSITORY, Cloud

BUCKET = "emojify-store"
SUITE = ("test_store.py", "test_store_folders.py")


def test_s3_passes_the_contract_of_the_file_stores(cloud: Cloud) -> None:
    """EMOJIFY_STORE_URL=s3://... keeps models and batches there."""
    place = f"LocationConstraint={REGION}"
    cloud.aws("s3api", "create-bucket", "--bucket", BUCKET, "--create-bucket-configuration", place)
    folder = REPOSITORY / "tests/integration/emojify_core/storage/files"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-k", "given", *(folder / name for name in SUITE)],
        cwd=REPOSITORY,
        env=cloud.environ | {"EMOJIFY_TEST_STORE_URL": f"s3://{BUCKET}/tests"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-5000:]
    passed = int(done.stdout.split(" passed")[0].split()[-1])
    assert passed > 20
    listed = cloud.aws("s3api", "list-objects-v2", "--bucket", BUCKET)
    keys = [each["Key"] for each in listed["Contents"]]
    assert [key for key in keys if key.endswith("manifest.json")], "it was this store"
