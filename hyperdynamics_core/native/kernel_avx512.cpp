// Tiles of 32 candidates: 16 sums in flight, and a layer's inputs and weights at hand in the first cache.
#if defined(__x86_64__)
#define LANES 16
#define VECTORS 2
#define ROWS 8
#include "kernel.inl"
#include "shape.inl"

extern const Kernel avx512_kernel = {TILE, run, peak};
extern const ShapeKernel avx512_shape_kernel = {PIXELS, run_shape};
#endif
