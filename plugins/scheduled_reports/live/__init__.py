"""Whether what reports need can be used now: probes, before a report is live and every hour."""
