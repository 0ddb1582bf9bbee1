"""Tables: their dialect, what stands before the header, and the header itself."""
