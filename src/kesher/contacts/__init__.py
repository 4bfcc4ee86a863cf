"""People: fields, lists, consent, suppression, import, export, merge, erase."""
