// Checks a shape task, picks the kernel for this processor and runs it.
#include "shape.h"

#include "shape_kernel.h"

namespace {

const ShapeKernel* kernel_of(int32_t variant) {
  if (!hd_rollout_runs(variant)) return nullptr;
#if defined(__x86_64__)
  for (int32_t known = HD_AVX512; known > HD_PORTABLE; --known)
    if ((variant == HD_BEST || variant == known) && hd_rollout_runs(known))
      return known == HD_AVX512 ? &avx512_shape_kernel : &avx2_shape_kernel;
#endif
  return &portable_shape_kernel;
}

bool between(int32_t value, int32_t low, int32_t high) { return low <= value && value <= high; }

int32_t check_sizes(const hd_shape_task& task) {
  if (!between(task.n_layers, 1, MAX_CONVOLUTIONS) || !between(task.n_code, 1, MAX_SIDE)) return HD_BAD_SHAPE;
  for (int i = 0; i <= task.n_layers; ++i)
    if (!between(task.channels[i], 1, MAX_CHANNELS)) return HD_BAD_SHAPE;
  for (int i = 0; i < task.n_layers; ++i)
    if (!between(task.kernels[i], 1, MAX_KERNEL) || task.kernels[i] % 2 == 0) return HD_BAD_SHAPE;
  if (!between(task.depth, 1, MAX_SIDE) || !between(task.size, 1, MAX_SIDE)) return HD_BAD_SHAPE;
  const int32_t smallest = 1 << task.n_layers;
  return task.depth % smallest || task.size % smallest ? HD_BAD_SHAPE : HD_OK;
}

int64_t weights_of(const hd_shape_task& task) {
  int64_t count = (frame_of(task, task.n_layers).numbers() + 1) * task.n_code;
  for (int i = 0; i < task.n_layers; ++i) {
    const int64_t k = task.kernels[i];
    count += task.channels[i + 1] * (task.channels[i] * k * k * k + 1);
  }
  return count;
}

int64_t workspace(const hd_shape_task& task, const ShapeKernel& kernel) {
  const int64_t columns = rounded(int64_t{task.channels[0]} * task.depth, 16);
  int64_t count = columns * task.size * (task.size + 1), widest = 0;
  for (int i = 0; i <= task.n_layers; ++i) {
    const Frame frame = frame_of(task, i);
    count += frame.numbers() + margin(frame, kernel.pixels);
    const int64_t plane = frame.pixels() + kernel.pixels;
    widest = plane > widest ? plane : widest;
  }
  return count + PAIR * PAIR * widest;
}

int32_t check(const hd_shape_task& task, const ShapeKernel& kernel) {
  if (!task.map || !task.turns || !task.weights || !task.codes || !task.workspace) return HD_BAD_POINTER;
  if (task.n_turns < 1) return HD_BAD_COUNT;
  if (task.n_weights != weights_of(task)) return HD_BAD_WEIGHTS;
  return task.n_workspace < workspace(task, kernel) ? HD_BAD_WORKSPACE : HD_OK;
}

}  // namespace

int64_t hd_shape_workspace(const hd_shape_task* task, int32_t variant) {
  const ShapeKernel* const kernel = kernel_of(variant);
  if (!kernel) return -HD_BAD_VARIANT;
  if (!task || !task->channels || !task->kernels) return -HD_BAD_POINTER;
  if (const int32_t code = check_sizes(*task)) return -code;
  return workspace(*task, *kernel);
}

int32_t hd_shape_run(const hd_shape_task* task, int32_t variant) {
  const ShapeKernel* const kernel = kernel_of(variant);
  if (!kernel) return HD_BAD_VARIANT;
  if (!task || !task->channels || !task->kernels) return HD_BAD_POINTER;
  if (const int32_t code = check_sizes(*task)) return code;
  if (const int32_t code = check(*task, *kernel)) return code;
  kernel->run(*task);
  return HD_OK;
}
