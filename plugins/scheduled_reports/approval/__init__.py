"""Who must agree before a report is sent, and how they are asked."""
