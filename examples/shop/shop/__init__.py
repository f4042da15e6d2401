"""A small shop: products, orders, a worker that handles the orders, a nightly report."""
