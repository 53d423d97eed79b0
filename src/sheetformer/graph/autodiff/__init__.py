"""Derivatives, and how gradients add up on their way back: pure maths on the graph."""
