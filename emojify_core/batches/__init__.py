"""Files of many texts: read them, split them into chunks, write the results."""
