"""Parts that the commands share: options, progress, cookies, input and output."""
