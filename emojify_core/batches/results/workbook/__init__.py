"""Results as a workbook (.xlsx), written while it is sent."""
