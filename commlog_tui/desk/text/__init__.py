"""Pure functions from an object of the contract to what is shown of it."""
