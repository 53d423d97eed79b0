"""What is computed: operations, nodes, views, and the `Array` that writes them."""
