"""When a report runs, and which period it then covers."""
