"""E-mail: assembling, signing, SMTP, and the providers that use them."""
