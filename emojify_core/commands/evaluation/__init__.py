"""How `emojify evaluate` prints what it found."""
