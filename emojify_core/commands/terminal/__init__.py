"""What the commands share: server options, output, progress, cookies, text input."""
