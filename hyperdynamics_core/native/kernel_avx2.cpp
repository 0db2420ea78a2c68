// Tiles of 24 candidates: 12 sums, 3 inputs and a weight in 16 registers.
#if defined(__x86_64__)
#define LANES 8
#define VECTORS 3
#define ROWS 4
#include "kernel.inl"
#include "shape.inl"

extern const Kernel avx2_kernel = {TILE, run, peak};
extern const ShapeKernel avx2_shape_kernel = {PIXELS, run_shape};
#endif
