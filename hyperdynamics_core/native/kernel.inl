// One kernel for vectors of any length; included with LANES (floats in a vector), VECTORS (of candidates in a tile) and
// ROWS (of a layer worked on at once) set so that ROWS * VECTORS sums, VECTORS inputs and a weight fill the registers.
//
// A vector holds one number of LANES candidates. A tile of candidates is taken through the whole horizon while its
// activations, [feature][TILE], stay in the first-level cache; each weight is read once a tile and step. Sums run over
// the inputs in order, so a candidate's result depends neither on its neighbours nor on the vectors' length.

#include <math.h>
#include <stddef.h>

#include "kernel.h"

#if defined(__x86_64__)
#define HD_REGISTER(value) "+v"(value)
#elif defined(__aarch64__)
#define HD_REGISTER(value) "+w"(value)
#else
#define HD_REGISTER(value) "+m"(value)
#endif

namespace {

constexpr int TILE = LANES * VECTORS;
typedef float Vector __attribute__((vector_size(LANES * sizeof(float)), aligned(sizeof(float)), may_alias));

// Less nothing, which the compiler may leave out; plus nothing it may not, for the sake of -0.
inline Vector all(float value) { return value - Vector{}; }
inline Vector load(const float* from) { return *reinterpret_cast<const Vector*>(from); }
inline void store(float* to, Vector value) { *reinterpret_cast<Vector*>(to) = value; }

// Comparisons are false for NaN, which passes through both.
inline Vector activated(Vector x, float slope) { return x > 0.0f ? x : x * slope; }
inline Vector clamped(Vector x, float limit) {
  const Vector high = all(limit), low = -high;
  return x > high ? high : (x < low ? low : x);
}

struct Layer {
  const float* packed;
  int n_in, n_out;
};

struct Network {
  Layer layers[MAX_LAYERS];
  int n_layers;
  const float* scale;  // null: inputs are taken as they are
  const float* shift;
};

// Rows are dealt out evenly: 18 with ROWS = 8 are worked on as 6, 6, 6.
inline int rows_of_block(int n_rows, int block) {
  const int blocks = (n_rows + ROWS - 1) / ROWS;
  return n_rows / blocks + (block < n_rows % blocks);
}

// A block of rows: its biases, then for each input the weights of all its rows, in the order that they are used.
float* pack_layer(const float* weight, const float* bias, int n_in, int n_out, float* to) {
  for (int first = 0, block = 0; first < n_out; ++block) {
    const int rows = rows_of_block(n_out, block);
    for (int r = 0; r < rows; ++r) *to++ = bias[first + r];
    for (int k = 0; k < n_in; ++k)
      for (int r = 0; r < rows; ++r) *to++ = weight[static_cast<ptrdiff_t>(first + r) * n_in + k];
    first += rows;
  }
  return to;
}

// Returns the end of the packed weights in the workspace.
float* pack(const hd_rollout_task& task, Network& network) {
  const float* weights = task.weights;
  const int n_in = task.layer_sizes[0];
  network = {};
  network.n_layers = task.n_layers;
  if (task.clamp > 0.0f) {
    network.scale = weights;
    network.shift = weights + n_in;
    weights += 2 * n_in;
  }
  float* to = task.workspace;
  for (int index = 0; index < task.n_layers; ++index) {
    const int inputs = task.layer_sizes[index], outputs = task.layer_sizes[index + 1];
    const float* bias = weights + static_cast<ptrdiff_t>(inputs) * outputs;
    network.layers[index] = {to, inputs, outputs};
    to = pack_layer(weights, bias, inputs, outputs, to);
    weights = bias + outputs;
  }
  return to;
}

#if defined(__clang__)
#define HD_UNROLLED _Pragma("clang loop unroll(full)")
#else
#define HD_UNROLLED _Pragma("GCC unroll 16")
#endif

// ROWS_ rows of a layer for N vectors of candidates. A function of its own, so that nothing else holds registers.
template <int ROWS_, int N, bool HIDDEN>
__attribute__((noinline)) void block(const float* packed, const float* x, int n_in, float* y, float slope) {
  Vector sum[ROWS_][N];
  HD_UNROLLED for (int r = 0; r < ROWS_; ++r) {
    HD_UNROLLED for (int v = 0; v < N; ++v) sum[r][v] = all(packed[r]);
  }
  packed += ROWS_;
  for (int k = 0; k < n_in; ++k, packed += ROWS_, x += TILE) {
    Vector in[N];
    HD_UNROLLED for (int v = 0; v < N; ++v) in[v] = load(x + v * LANES);
    HD_UNROLLED for (int r = 0; r < ROWS_; ++r) {
      const Vector weight = all(packed[r]);
      HD_UNROLLED for (int v = 0; v < N; ++v) sum[r][v] += weight * in[v];
    }
  }
  HD_UNROLLED for (int r = 0; r < ROWS_; ++r) {
    HD_UNROLLED for (int v = 0; v < N; ++v)
      store(y + r * TILE + v * LANES, HIDDEN ? activated(sum[r][v], slope) : sum[r][v]);
  }
}

template <int N, bool HIDDEN, int ROWS_ = ROWS>
inline void block_of(int rows, const float* packed, const float* x, int n_in, float* y, float slope) {
  if (rows == ROWS_) return block<ROWS_, N, HIDDEN>(packed, x, n_in, y, slope);
  if constexpr (ROWS_ > 1) block_of<N, HIDDEN, ROWS_ - 1>(rows, packed, x, n_in, y, slope);
}

template <int N, bool HIDDEN>
void apply(const Layer& layer, const float* x, float* y, float slope) {
  const float* packed = layer.packed;
  for (int first = 0, index = 0; first < layer.n_out; ++index) {
    const int rows = rows_of_block(layer.n_out, index);
    block_of<N, HIDDEN>(rows, packed, x, layer.n_in, y + static_cast<ptrdiff_t>(first) * TILE, slope);
    packed += static_cast<ptrdiff_t>(rows) * (layer.n_in + 1);
    first += rows;
  }
}

// Seen state and actions of one step -> inputs [n_in][TILE]; adds up the squares of the actions [TILE].
template <int N>
void gather(const hd_rollout_task& task, const Network& network, const float* now, const float* actions, int lanes,
            float* x, float* squares) {
  const int n_seen = task.n_state - task.n_unseen;
  for (int i = 0; i < n_seen; ++i)
    for (int v = 0; v < N; ++v)
      store(x + i * TILE + v * LANES, load(now + (task.n_unseen + i) * task.stride + v * LANES));
  const ptrdiff_t next = static_cast<ptrdiff_t>(task.horizon) * task.n_action;
  for (int lane = 0; lane < N * LANES; ++lane) {
    const float* const own = actions + (lane < lanes ? lane : lanes - 1) * next;  // the last one fills the tile up
    float sum = squares[lane];
    for (int a = 0; a < task.n_action; ++a) {
      x[(n_seen + a) * TILE + lane] = own[a];
      sum += own[a] * own[a];
    }
    squares[lane] = sum;
  }
  if (!network.scale) return;
  for (int i = 0; i < n_seen + task.n_action; ++i)
    for (int v = 0; v < N; ++v) {
      float* at = x + i * TILE + v * LANES;
      store(at, clamped(load(at) * (all(network.scale[i])) + network.shift[i], task.clamp));
    }
}

template <int N>
void normalise_quaternion(float* first, ptrdiff_t stride) {
  for (int lane = 0; lane < N * LANES; ++lane) {
    float* q = first + lane;
    float norm = 0.0f;
    for (int i = 0; i < 4; ++i) norm += q[i * stride] * q[i * stride];
    norm = sqrtf(norm);
    norm = norm < 1e-12f ? 1e-12f : norm;
    for (int i = 0; i < 4; ++i) q[i * stride] /= norm;
  }
}

void score(const hd_rollout_task& task, const float* last, const float* squares, int lanes, float* returns) {
  for (int lane = 0; lane < lanes; ++lane) {
    const float way = (last[lane] - task.state[0]) / task.dt;
    const float total = way - task.control_cost * squares[lane] + task.bonus * static_cast<float>(task.horizon);
    bool finite = isfinite(total);
    for (int i = 0; i < task.n_state; ++i) finite = finite && isfinite(last[i * task.stride + lane]);
    returns[lane] = finite ? total : -INFINITY;
  }
}

// Candidates first to first + lanes, which fill N vectors, from start to end.
template <int N>
void run_tile(const hd_rollout_task& task, const Network& network, int64_t first, int lanes, float* x, float* y) {
  const ptrdiff_t step_size = static_cast<ptrdiff_t>(task.n_state) * task.stride;
  float* now = task.states + first;
  for (int i = 0; i < task.n_state; ++i)
    for (int v = 0; v < N; ++v) store(now + i * task.stride + v * LANES, all(task.state[i]));
  const float* actions = task.actions + first * task.horizon * task.n_action;
  float squares[TILE] = {};
  for (int step = 0; step < task.horizon; ++step, actions += task.n_action) {
    gather<N>(task, network, now, actions, lanes, x, squares);
    float *from = x, *to = y;
    for (int index = 0; index + 1 < network.n_layers; ++index) {
      apply<N, true>(network.layers[index], from, to, task.slope);
      float* const swap = from;
      from = to;
      to = swap;
    }
    apply<N, false>(network.layers[network.n_layers - 1], from, to, task.slope);
    float* const next = task.keep_all || step == 0 ? now + step_size : now;
    for (int i = 0; i < task.n_state; ++i)
      for (int v = 0; v < N; ++v) {
        const ptrdiff_t at = i * task.stride + v * LANES;
        store(next + at, load(now + at) + load(to + i * TILE + v * LANES));
      }
    if (task.quaternion >= 0) normalise_quaternion<N>(next + task.quaternion * task.stride, task.stride);
    now = next;
  }
  score(task, now, squares, lanes, task.returns + first);
}

template <int N = VECTORS>
void run_tile_of(int vectors, const hd_rollout_task& task, const Network& network, int64_t first, int lanes, float* x,
                 float* y) {
  if (vectors == N) return run_tile<N>(task, network, first, lanes, x, y);
  if constexpr (N > 1) run_tile_of<N - 1>(vectors, task, network, first, lanes, x, y);
}

void run(const hd_rollout_task& task) {
  Network network;
  float* const x = pack(task, network);
  int widest = 0;
  for (int i = 0; i <= task.n_layers; ++i) widest = task.layer_sizes[i] > widest ? task.layer_sizes[i] : widest;
  float* const y = x + static_cast<ptrdiff_t>(widest) * TILE;
  for (int64_t first = 0; first < task.candidates; first += TILE) {
    const int64_t left = task.candidates - first;
    const int lanes = left < TILE ? static_cast<int>(left) : TILE;
    run_tile_of((lanes + LANES - 1) / LANES, task, network, first, lanes, x, y);
  }
}

double peak(int64_t rounds) {
  // Ten sums: more than latency times throughput, and few enough for 16 registers.
  Vector a = all(0), b = a, c = a, d = a, e = a, f = a, g = a, h = a, i = a, j = a;
  const Vector factor = all(0.5f), term = all(1.0f);
  const auto step = [&](Vector& sum) {
    sum = sum * factor + term;
    asm volatile("" : HD_REGISTER(sum));  // so that no round is left out
  };
  for (int64_t round = 0; round < rounds; ++round) {
    step(a), step(b), step(c), step(d), step(e), step(f), step(g), step(h), step(i), step(j);
  }
  return 2.0 * LANES * 10 * static_cast<double>(rounds);
}

}  // namespace
