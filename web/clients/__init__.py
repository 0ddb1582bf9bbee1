"""Clients: forgetting one."""
