"""Where each number stands and how it is written down."""
