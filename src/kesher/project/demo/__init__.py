"""The demo workspace: a Hebrew bookshop with a past, made by the product's own acts from a fixed seed.

Everything goes through the real code (consent, planning, the local mail provider, the digest of opens and
clicks), with `now` passed in, so that what a visitor sees is what the product does.
"""

from kesher.project.demo.load import load

__all__ = ["load"]
