"""Reading a file of texts: detect how it is written, store it as UTF-8, split it into rows."""
