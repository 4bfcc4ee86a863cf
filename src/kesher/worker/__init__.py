"""The background process: engine, sender and jobs, supervised."""
