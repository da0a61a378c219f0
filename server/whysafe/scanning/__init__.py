"""From folders to facts: which files there are, processes that analyse them, and the cache on disk."""
