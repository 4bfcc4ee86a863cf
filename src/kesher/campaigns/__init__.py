"""One document to one audience, now or later, at once or in pulses."""
