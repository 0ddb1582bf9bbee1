#!/bin/sh
# Print the newest Python from 3.11 to 3.13 that can make a virtual environment, or say what to install.
# Run each candidate instead of only finding it: version managers leave stubs on the PATH.
for python in ${PYTHON:-} python3.13 python3.12 python3.11 python3; do
    if "$python" -c 'import sys, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null
    then
        command -v "$python"
        exit 0
    fi
done
cat >&2 <<'MESSAGE'
Emojify needs Python 3.11, 3.12 or 3.13 with its venv module, and found none of them.
(TensorFlow, which trains the model, has no build for newer versions yet.)
  Debian, Ubuntu:  sudo apt install python3 python3-venv
  macOS:           brew install python@3.13
Then run the same command again, or name an interpreter: PYTHON=/path/to/python3.12 make run
MESSAGE
exit 1
