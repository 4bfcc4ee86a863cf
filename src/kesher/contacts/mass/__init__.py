"""What is done to many contacts at once, as background work when they are thousands.

The selection is a snapshot: whoever matched at the moment it was asked for, whatever changes later. It is kept in
pieces of 2,000 ids; each piece is done in one transaction that also keeps what is needed to take it back, so that
a second start does each contact once, and a cancelled act can be gone on with or taken back.
`selection` takes the snapshot, `deeds` knows what can be done, `run` does it.
"""
