"""Measuring a model: metrics, plots, paired comparison."""
