"""The exercises, one file a lesson: what judges an answer is here, and in the notebooks."""
