"""How a computation is described: stages, captions, placements and figures beside a graph."""
