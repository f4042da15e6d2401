"""What a user adds to the objects that kgen made, or changes in them."""
