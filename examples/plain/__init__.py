"""Small libraries that know nothing of derivatives."""
