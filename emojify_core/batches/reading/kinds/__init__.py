"""Files that are no tables by themselves: chats, JSON lists, and what is refused by its name."""
