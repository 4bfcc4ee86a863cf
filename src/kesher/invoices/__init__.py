"""Invoices, receipts and collections."""
