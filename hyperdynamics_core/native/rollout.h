// Unrolls one expert over many action sequences (section 3.3): the C interface of the library.
//
// Every pointer is the caller's and stays so; nothing is allocated, no state is kept, no thread is started, so calls from
// several threads may run at once, each with buffers of its own. All numbers are float32, all arrays contiguous.
#pragma once

#include <stdint.h>

#if defined(__GNUC__)
#define HD_PUBLIC __attribute__((visibility("default")))
#else
#error "the rollout kernels need the vector types of GCC or Clang"
#endif

#ifdef __cplusplus
extern "C" {
#endif

enum { HD_ROLLOUT_ABI = 2 };

// Kernels, from what runs everywhere to what needs most; HD_BEST: the last one that this processor has.
enum { HD_BEST = -1, HD_PORTABLE = 0, HD_AVX2 = 1, HD_AVX512 = 2, HD_VARIANTS = 3 };

enum {
  HD_OK = 0,
  HD_BAD_VARIANT,
  HD_BAD_COUNT,
  HD_BAD_LAYERS,
  HD_BAD_WEIGHTS,
  HD_BAD_SYSTEM,
  HD_BAD_STRIDE,
  HD_BAD_WORKSPACE,
  HD_BAD_POINTER,
  HD_BAD_SHAPE,
};

typedef struct hd_rollout_task {
  const float* weights;        // [n_weights] flat expert: input scale and shift if clamp > 0, then layer by layer
  const int32_t* layer_sizes;  // [n_layers + 1]
  const float* state;          // [n_state] where every candidate starts
  const float* actions;        // [candidates][horizon][n_action]
  float* states;               // [horizon + 1][n_state][stride], or [2][n_state][stride]: start and end only
  float* returns;              // [candidates] sum of rewards; minus infinity where a prediction is not finite
  float* workspace;            // [n_workspace], see hd_rollout_workspace
  int64_t n_weights;
  int64_t n_workspace;
  int64_t candidates;
  int64_t stride;  // of candidates in states: a multiple of 16, at least candidates
  int32_t n_layers;
  int32_t n_state;
  int32_t n_unseen;    // leading state numbers that are no input
  int32_t n_action;
  int32_t quaternion;  // index of its first number in the state; -1: none
  int32_t horizon;
  int32_t keep_all;    // 0: states holds start and end only
  float slope;         // of the activation below 0: 0.01 leaky ReLU, 0 ReLU
  float clamp;         // of the inputs after scale and shift; 0: neither
  float dt;            // s
  float control_cost;
  float bonus;
} hd_rollout_task;

HD_PUBLIC int32_t hd_rollout_abi(void);

// 1 if this processor runs the kernel.
HD_PUBLIC int32_t hd_rollout_runs(int32_t variant);

// Numbers of workspace that the task needs, whatever its candidates; negative: minus an error code.
HD_PUBLIC int64_t hd_rollout_workspace(const hd_rollout_task* task, int32_t variant);

// Fills states and returns. Returns HD_OK or what is wrong with the task, which is then untouched.
HD_PUBLIC int32_t hd_rollout_run(const hd_rollout_task* task, int32_t variant);

// What an error code means.
HD_PUBLIC const char* hd_rollout_message(int32_t code);

// Multiplies and adds in registers alone, to know the processor's peak; returns the floating-point operations done.
HD_PUBLIC double hd_rollout_peak(int64_t rounds, int32_t variant);

#ifdef __cplusplus
}
#endif
