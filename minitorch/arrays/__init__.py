"""Arrays of numpy that know how they were made: one Variable per array, not one per element."""
