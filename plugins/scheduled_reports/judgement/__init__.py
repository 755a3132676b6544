"""What conditions, alerts and checks judge by: logic, limits, numbers, instants, digests."""
