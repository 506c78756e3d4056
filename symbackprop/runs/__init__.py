"""Many documents in one run: what is configured, what is read, judged, corrected and reported."""
