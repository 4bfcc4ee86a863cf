"""Small tools without domain words and without models."""
