// Vectors of four, which the compiler maps to whatever the processor has; eight sums suit the smallest register files.
#define LANES 4
#define VECTORS 2
#define ROWS 4
#include "kernel.inl"
#include "shape.inl"

extern const Kernel portable_kernel = {TILE, run, peak};
extern const ShapeKernel portable_shape_kernel = {PIXELS, run_shape};
