"""Workbooks (.xlsx, .xls, .ods) and zip files: one table out of a container of many parts."""
