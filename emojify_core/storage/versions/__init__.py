"""The store of model versions, and the pointer to the live one."""
