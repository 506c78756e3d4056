"""An independent numpy implementation of backpropagation, to hold derived gradients against.

Nothing here is derived from a symbolic expression and nothing here imports the rest of the
package: every formula is written down a second time, from the textbook, on purpose.
"""
