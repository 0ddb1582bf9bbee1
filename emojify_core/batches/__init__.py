"""Files of many texts: reading them, cutting them into chunks, writing them back with answers."""
