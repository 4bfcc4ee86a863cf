"""Landing, thank-you and internal pages."""
