// Checks a task, picks the kernel for this processor and runs it.
#include "rollout.h"

#include "kernel.h"

namespace {

const char* const MESSAGES[] = {
    "nothing is wrong",
    "this processor, or this build, does not have the kernel asked for",
    "candidates and horizon must be positive",
    "layers must be 1 to 16 of 1 to 4096 units each",
    "the number of weights is not that of the layers and their input map",
    "the sizes of state and action are not those of the first and last layer, or the quaternion is not in the state",
    "the stride must be a multiple of 16 and at least the number of candidates",
    "the workspace is too small",
    "a pointer is null",
    "a shape encoder must have 1 to 8 convolutions with odd kernels of 1 to 9, 1 to 256 channels and codes, and a map of "
    "up to 256 voxels a side that all of its poolings divide",
};

const Kernel* kernel_of(int32_t variant) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  const bool avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
                      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq");
  if ((variant == HD_BEST || variant == HD_AVX512) && avx512) return &avx512_kernel;
  if ((variant == HD_BEST || variant == HD_AVX2) && avx2) return &avx2_kernel;
#endif
  return variant == HD_BEST || variant == HD_PORTABLE ? &portable_kernel : nullptr;
}

int32_t check_layers(const hd_rollout_task& task) {
  if (task.n_layers < 1 || task.n_layers > MAX_LAYERS) return HD_BAD_LAYERS;
  for (int i = 0; i <= task.n_layers; ++i)
    if (task.layer_sizes[i] < 1 || task.layer_sizes[i] > MAX_SIZE) return HD_BAD_LAYERS;
  return HD_OK;
}

int64_t packed_size(const hd_rollout_task& task) {
  int64_t size = 0;
  for (int i = 0; i < task.n_layers; ++i) size += (task.layer_sizes[i] + int64_t{1}) * task.layer_sizes[i + 1];
  return size;
}

int64_t workspace(const hd_rollout_task& task, const Kernel& kernel) {
  int64_t widest = 0;
  for (int i = 0; i <= task.n_layers; ++i) widest = task.layer_sizes[i] > widest ? task.layer_sizes[i] : widest;
  return packed_size(task) + 2 * widest * kernel.tile;
}

int32_t check_system(const hd_rollout_task& task) {
  if (task.n_state < 1 || task.n_state > MAX_SIZE || task.n_action < 1 || task.n_action > MAX_SIZE) return HD_BAD_SYSTEM;
  if (task.n_unseen < 0 || task.n_unseen > task.n_state) return HD_BAD_SYSTEM;
  if (task.layer_sizes[0] != task.n_state - task.n_unseen + task.n_action) return HD_BAD_SYSTEM;
  if (task.layer_sizes[task.n_layers] != task.n_state) return HD_BAD_SYSTEM;
  return task.quaternion < -1 || task.quaternion > task.n_state - 4 ? HD_BAD_SYSTEM : HD_OK;
}

int32_t check(const hd_rollout_task& task, const Kernel& kernel) {
  if (!task.weights || !task.state || !task.actions || !task.states || !task.returns || !task.workspace)
    return HD_BAD_POINTER;
  if (task.candidates < 1 || task.horizon < 1) return HD_BAD_COUNT;
  if (const int32_t code = check_system(task)) return code;
  const int64_t input_map = task.clamp > 0.0f ? 2 * int64_t{task.layer_sizes[0]} : 0;
  if (task.n_weights != packed_size(task) + input_map) return HD_BAD_WEIGHTS;
  if (task.stride < task.candidates || task.stride % 16 != 0) return HD_BAD_STRIDE;
  return task.n_workspace < workspace(task, kernel) ? HD_BAD_WORKSPACE : HD_OK;
}

}  // namespace

int32_t hd_rollout_abi(void) { return HD_ROLLOUT_ABI; }

int32_t hd_rollout_runs(int32_t variant) { return kernel_of(variant) != nullptr; }

int64_t hd_rollout_workspace(const hd_rollout_task* task, int32_t variant) {
  const Kernel* const kernel = kernel_of(variant);
  if (!kernel) return -HD_BAD_VARIANT;
  if (!task || !task->layer_sizes) return -HD_BAD_POINTER;
  if (const int32_t code = check_layers(*task)) return -code;
  return workspace(*task, *kernel);
}

int32_t hd_rollout_run(const hd_rollout_task* task, int32_t variant) {
  const Kernel* const kernel = kernel_of(variant);
  if (!kernel) return HD_BAD_VARIANT;
  if (!task || !task->layer_sizes) return HD_BAD_POINTER;
  if (const int32_t code = check_layers(*task)) return code;
  if (const int32_t code = check(*task, *kernel)) return code;
  kernel->run(*task);
  return HD_OK;
}

const char* hd_rollout_message(int32_t code) {
  const int32_t count = sizeof(MESSAGES) / sizeof(MESSAGES[0]);
  return code >= 0 && code < count ? MESSAGES[code] : "unknown error";
}

double hd_rollout_peak(int64_t rounds, int32_t variant) {
  const Kernel* const kernel = kernel_of(variant);
  return kernel ? kernel->peak(rounds) : 0.0;
}
