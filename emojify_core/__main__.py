"""`python -m emojify_core`: the `emojify` command when it is not installed."""

from emojify_core.commands import main

if __name__ == "__main__":
    main()
