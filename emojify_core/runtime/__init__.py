"""What every process does around its work: entry point, logging, tuning, health probe."""
