"""Status: health, metrics, the Status page."""
