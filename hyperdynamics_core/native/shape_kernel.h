// What every shape kernel offers to shape.cpp, and how the workspace is laid out.
#pragma once

#include "shape.h"

constexpr int MAX_CONVOLUTIONS = 8;
constexpr int MAX_KERNEL = 9;
constexpr int MAX_CHANNELS = 256;
constexpr int MAX_SIDE = 256;
constexpr int PAIR = 2;  // layers that are pooled together; also output channels worked on at once

struct ShapeKernel {
  int pixels;  // worked on at once
  void (*run)(const hd_shape_task& task);
};

extern const ShapeKernel portable_shape_kernel;
#if defined(__x86_64__)
extern const ShapeKernel avx2_shape_kernel;
extern const ShapeKernel avx512_shape_kernel;
#endif

// One convolution's input: layers in a frame of zeros as wide as the kernel reaches, so that a shift in the plane is a
// shift of its flat index. What lies in the frame is computed as well and never read.
struct Frame {
  int channels, depth, side, reach;
  int row() const { return side + 2 * reach; }
  int64_t plane() const { return int64_t{row()} * row(); }
  int64_t pixels() const { return int64_t{side - 1} * row() + side; }  // from the first to the last that counts
  int64_t numbers() const { return channels * depth * plane(); }
};

// The input of convolution `index`; after the last one: what the head reads.
inline Frame frame_of(const hd_shape_task& task, int index) {
  return {task.channels[index], task.depth >> index, task.size >> index,
          index < task.n_layers ? task.kernels[index] / 2 : 0};
}

// Vectors at the end of a plane reach beyond it.
inline int64_t margin(const Frame& frame, int pixels) { return int64_t{2} * frame.reach * (frame.row() + 1) + pixels; }

inline int64_t rounded(int64_t count, int64_t to) { return (count + to - 1) / to * to; }
