"""Two runs of a model beside each other: where they first differ, and why."""
