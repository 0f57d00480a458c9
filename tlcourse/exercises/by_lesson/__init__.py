"""The exercises, one file a lesson. What judges an answer is here and in the notebooks alone."""
