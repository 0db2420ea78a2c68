// Codes of an object's map as it turns (E_shape, sections 3.1 and 3.3): turn, convolve and pool in 3D, read out.
//
// As rollout.h: every pointer is the caller's, nothing is allocated, no state is kept, no thread is started; all numbers
// are float32, all arrays contiguous.
#pragma once

#include "rollout.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hd_shape_task {
  const float* map;         // [channels[0]][depth][size][size], x fastest
  const float* turns;       // [n_turns][2] cosine and sine of how far to turn it, counter-clockwise about z
  const float* weights;     // [n_weights] of each convolution [out][in][k][k][k], then bias [out]; of the head likewise
  float* codes;             // [n_turns][n_code]
  float* workspace;         // [n_workspace], see hd_shape_workspace
  const int32_t* channels;  // [n_layers + 1]
  const int32_t* kernels;   // [n_layers] k of each convolution, odd; a pooling over 2 x 2 x 2 follows each
  int64_t n_weights;
  int64_t n_workspace;
  int32_t n_layers;
  int32_t depth;  // of the map, and its
  int32_t size;   // both multiples of 2 to the n_layers
  int32_t n_code;
  int32_t n_turns;
  float slope;  // of the activation below 0
} hd_shape_task;

// Numbers of workspace that the task needs, whatever its turns; negative: minus an error code.
HD_PUBLIC int64_t hd_shape_workspace(const hd_shape_task* task, int32_t variant);

// Fills codes. Returns HD_OK or what is wrong with the task, which is then untouched.
HD_PUBLIC int32_t hd_shape_run(const hd_shape_task* task, int32_t variant);

#ifdef __cplusplus
}
#endif
