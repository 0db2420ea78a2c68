// Vectors of four, which the compiler maps to whatever the processor has; eight sums suit the smallest register files.
#define LANES 4
#define VECTORS 2
#define ROWS 4
#include "kernel.inl"

extern const Kernel portable_kernel = {TILE, run, peak};
