"""The log of everything that happened, its kinds, the inbox and the counters."""
