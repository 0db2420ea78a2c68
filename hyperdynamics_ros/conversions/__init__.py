"""Between arrays and messages; every function here is exact and holds no decisions."""
