"""What every process needs: entry point, logging, tuning, periodic threads, health probe."""
