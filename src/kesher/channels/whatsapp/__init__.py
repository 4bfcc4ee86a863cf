"""Providers of WhatsApp."""
