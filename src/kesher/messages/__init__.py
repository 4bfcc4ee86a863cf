"""One row for one message to one contact: eligibility, sending, receipts, tracked links."""
