"""Reports as files on any storage that fsspec knows: where they go, how they get there whole, and what proves it."""
