// What every kernel offers to rollout.cpp. Each is compiled from kernel.inl with its own processor flags.
#pragma once

#include "rollout.h"

struct Kernel {
  int tile;  // candidates that go through the whole horizon together
  void (*run)(const hd_rollout_task& task);
  double (*peak)(int64_t rounds);
};

constexpr int MAX_LAYERS = 16;
constexpr int MAX_SIZE = 4096;

extern const Kernel portable_kernel;
#if defined(__x86_64__)
extern const Kernel avx2_kernel;
extern const Kernel avx512_kernel;
#endif
