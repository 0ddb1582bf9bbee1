"""HTTP concerns of every feature: parsing, problems, limits, headers, OpenAPI."""
