"""What a YAML file may say, and what is wrong with it."""
