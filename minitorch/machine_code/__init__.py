"""Machine code for functions and their derivatives: recording, optimising, lowering, running."""
