"""Showing: equations become a layout, and a layout becomes LaTeX, text, documents and slides."""
