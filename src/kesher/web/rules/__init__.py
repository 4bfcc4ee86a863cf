"""The rule builder's server side: what may be said, what a rule means in words, how many and who match."""
