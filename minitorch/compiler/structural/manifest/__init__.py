"""What is kept on disk of machine code besides it, so that another process runs it without a walk."""
