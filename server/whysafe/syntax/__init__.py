"""Text and tree of one file, without meaning."""
