"""Print the installation's settings from Parameter Store as lines of Compose's .env."""

import os
import sys

from botocore.session import Session  # Ubuntu's python3-botocore

_UNQUOTABLE = ("'", "\n", "\\")


def main() -> None:
    """Print NAME='value' for each parameter below the installation's path."""
    path = f"/{os.environ['EMOJIFY_STACK']}/env"
    ssm = Session().create_client("ssm", endpoint_url=os.environ.get("AWS_ENDPOINT_URL"))
    pages = ssm.get_paginator("get_parameters_by_path").paginate(Path=path, WithDecryption=True)
    for page in pages:
        for parameter in page["Parameters"]:
            name, value = parameter["Name"].removeprefix(f"{path}/"), parameter["Value"]
            if any(each in value for each in _UNQUOTABLE):
                sys.exit(f"Remove quotes, backslashes and line breaks from {path}/{name}.")
            sys.stdout.write(f"{name}='{value}'\n")


if __name__ == "__main__":
    main()
