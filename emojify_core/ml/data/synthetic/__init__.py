"""Texts made for training: what the labelled sets lack; the making gives the targets."""
