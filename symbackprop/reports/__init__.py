"""What was found in documents, written for people and for programs."""
