"""The domain: what exists, what is right, and who may. Knows nothing of the web."""
