"""How a computation is told: stages, captions, placements and figures beside a graph."""
