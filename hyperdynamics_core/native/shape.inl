// One shape kernel for vectors of any length; included after kernel.inl, whose vectors it uses.
//
// A vector holds neighbouring pixels of one layer. Sums of PAIR channels x SPAN vectors stay in registers while kernel and
// input channels are gone through, so that each weight serves SPAN vectors and each input PAIR sums. Layers out of the
// map's depth are left out, not multiplied by zeros.

#include "shape_kernel.h"

// Shifted vectors lie across two lines of the cache: the compiler must not load one again for every sum.
#if defined(__x86_64__) || defined(__aarch64__)
#define HD_LOADED_ONCE(vector) asm("" : HD_REGISTER(vector))
#else
#define HD_LOADED_ONCE(vector)
#endif

namespace {

constexpr int SPAN = ROWS * VECTORS / PAIR;
constexpr int PIXELS = SPAN * LANES;

// What one layer of a convolution reads: input layers that exist, the kernel's planes that meet them.
struct Reach {
  const float* input;    // first channel, first layer
  const float* weights;  // first output channel, first plane
  ptrdiff_t channel, plane, row;
  ptrdiff_t output_weights;  // from one output channel's to the next one's
  int channels, layers, kernel;
};

// N vectors of pixels of O output channels. A function of its own, so that nothing else holds registers.
template <int O, int N>
__attribute__((noinline)) void convolve(const Reach& reach, ptrdiff_t pixel, float* to, ptrdiff_t to_channel) {
  Vector sum[O][N];
  HD_UNROLLED for (int o = 0; o < O; ++o) {
    HD_UNROLLED for (int v = 0; v < N; ++v) sum[o][v] = Vector{};
  }
  const int k = reach.kernel;
  for (int channel = 0; channel < reach.channels; ++channel)
    for (int layer = 0; layer < reach.layers; ++layer) {
      const float* in = reach.input + channel * reach.channel + layer * reach.plane + pixel;
      const float* weight = reach.weights + (static_cast<ptrdiff_t>(channel) * k + layer) * k * k;
      for (int y = 0; y < k; ++y, in += reach.row, weight += k)
        for (int x = 0; x < k; ++x) {
          Vector factor[O];
          HD_UNROLLED for (int o = 0; o < O; ++o) factor[o] = all(weight[x + o * reach.output_weights]);
          HD_UNROLLED for (int v = 0; v < N; ++v) {
            Vector here = load(in + x + v * LANES);
            HD_LOADED_ONCE(here);
            HD_UNROLLED for (int o = 0; o < O; ++o) sum[o][v] += factor[o] * here;
          }
        }
    }
  HD_UNROLLED for (int o = 0; o < O; ++o) {
    HD_UNROLLED for (int v = 0; v < N; ++v) store(to + o * to_channel + v * LANES, sum[o][v]);
  }
}

template <int O, int N = SPAN>
inline void convolve_of(int vectors, const Reach& reach, ptrdiff_t pixel, float* to, ptrdiff_t to_channel) {
  if (vectors == N) return convolve<O, N>(reach, pixel, to, to_channel);
  if constexpr (N > 1) convolve_of<O, N - 1>(vectors, reach, pixel, to, to_channel);
}

template <int O>
void convolve_layer(const Reach& reach, ptrdiff_t pixels, float* to, ptrdiff_t to_channel) {
  const ptrdiff_t vectors = (pixels + LANES - 1) / LANES, tiles = (vectors + SPAN - 1) / SPAN;
  for (ptrdiff_t tile = 0, done = 0; tile < tiles; ++tile) {  // dealt out evenly
    const int here = static_cast<int>((vectors - done + tiles - tile - 1) / (tiles - tile));
    convolve_of<O>(here, reach, done * LANES, to + done * LANES, to_channel);
    done += here;
  }
}

// Not a number wins, as in PyTorch: whoever reads the code must see it.
inline float larger(float a, float b) { return a > b || a != a ? a : b; }

// The largest of 2 x 2 x 2, plus bias, activated, into the next frame's layer. from: two layers, `layer` apart.
void pool(const float* from, ptrdiff_t layer, const Frame& frame, float bias, float slope, const Frame& next,
          float* to) {
  const int row = frame.row();
  float line[MAX_SIDE];
  for (int y = 0; y < next.side; ++y) {
    const float *a = from + static_cast<ptrdiff_t>(2 * y) * row, *b = a + layer;
    for (int x = 0; x < frame.side; ++x) line[x] = larger(larger(a[x], a[x + row]), larger(b[x], b[x + row]));
    float* const out = to + static_cast<ptrdiff_t>(y + next.reach) * next.row() + next.reach;
    for (int x = 0; x < next.side; ++x) {
      const float value = larger(line[2 * x], line[2 * x + 1]) + bias;
      out[x] = value > 0.0f ? value : value * slope;
    }
  }
}

// Output channels first to first + O of one convolution with its pooling.
template <int O>
void channels_of(const Frame& frame, const Frame& next, const float* input, const float* weights, const float* bias,
                 int kernel, int first, float slope, float* scratch, float* output) {
  const ptrdiff_t channel = frame.pixels() + PIXELS, layer = O * channel;
  const ptrdiff_t square = static_cast<ptrdiff_t>(kernel) * kernel;
  const ptrdiff_t filter = frame.channels * square * kernel;
  for (int z = 0; z < frame.depth; ++z) {
    const int low = z < frame.reach ? z : frame.reach, left = frame.depth - 1 - z;
    const int high = left < frame.reach ? left : frame.reach;
    const Reach reach = {input + (z - low) * frame.plane(),
                         weights + first * filter + (frame.reach - low) * square,
                         frame.depth * frame.plane(), frame.plane(), frame.row(), filter,
                         frame.channels, low + high + 1, kernel};
    convolve_layer<O>(reach, frame.pixels(), scratch + (z % PAIR) * layer, channel);
    if (z % PAIR == 0) continue;
    for (int o = 0; o < O; ++o)
      pool(scratch + o * channel, layer, frame, bias[first + o], slope, next,
           output + (static_cast<ptrdiff_t>(first + o) * next.depth + z / PAIR) * next.plane());
  }
}

// The map as columns of all its layers, [y][x][columns]: turning it moves whole columns.
void to_columns(const hd_shape_task& task, ptrdiff_t columns, float* to) {
  const ptrdiff_t layers = static_cast<ptrdiff_t>(task.channels[0]) * task.depth;
  const ptrdiff_t pixels = static_cast<ptrdiff_t>(task.size) * task.size;
  for (ptrdiff_t i = 0; i < columns; ++i)
    for (ptrdiff_t p = 0; p < pixels; ++p) to[p * columns + i] = i < layers ? task.map[i * pixels + p] : 0.0f;
}

void add_column(const float* from, float weight, ptrdiff_t columns, float* to) {
  for (ptrdiff_t i = 0; i < columns; i += LANES) store(to + i, load(to + i) + all(weight) * load(from + i));
}

// The point (x, y) of the map, bilinear, 0 beyond it, as a column.
void sample(const float* map, int size, ptrdiff_t columns, float x, float y, float* to) {
  for (ptrdiff_t i = 0; i < columns; i += LANES) store(to + i, Vector{});
  if (!(x > -1.0f && y > -1.0f && x < size && y < size)) return;
  const int left = static_cast<int>(x + 1.0f) - 1, low = static_cast<int>(y + 1.0f) - 1;
  const float right = x - left, up = y - low;
  for (int corner = 0; corner < 4; ++corner) {
    const int column = left + corner % 2, row = low + corner / 2;
    if (column < 0 || row < 0 || column >= size || row >= size) continue;
    const float weight = (corner % 2 ? right : 1.0f - right) * (corner / 2 ? up : 1.0f - up);
    add_column(map + (static_cast<ptrdiff_t>(row) * size + column) * columns, weight, columns, to);
  }
}

// The turned map into the first convolution's frame.
void turn(const float* map, ptrdiff_t columns, float cosine, float sine, const Frame& frame, float* line, float* to) {
  const float middle = 0.5f * static_cast<float>(frame.side - 1);
  for (int y = 0; y < frame.side; ++y) {
    for (int x = 0; x < frame.side; ++x) {
      const float dx = x - middle, dy = y - middle;
      sample(map, frame.side, columns, cosine * dx + sine * dy + middle, cosine * dy - sine * dx + middle,
             line + x * columns);
    }
    float* const row = to + static_cast<ptrdiff_t>(y + frame.reach) * frame.row() + frame.reach;
    for (ptrdiff_t i = 0; i < static_cast<ptrdiff_t>(frame.channels) * frame.depth; ++i)
      for (int x = 0; x < frame.side; ++x) row[i * frame.plane() + x] = line[x * columns + i];
  }
}

// All convolutions, from the first one's filled frame to the head's input. Returns the head's weights.
const float* encode(const hd_shape_task& task, float* const* frames, float* scratch) {
  const float* weights = task.weights;
  for (int index = 0; index < task.n_layers; ++index) {
    const Frame frame = frame_of(task, index), next = frame_of(task, index + 1);
    const int kernel = task.kernels[index];
    const float* const bias =
        weights + static_cast<ptrdiff_t>(next.channels) * frame.channels * kernel * kernel * kernel;
    int first = 0;
    for (; first + PAIR <= next.channels; first += PAIR)
      channels_of<PAIR>(frame, next, frames[index], weights, bias, kernel, first, task.slope, scratch,
                        frames[index + 1]);
    if (first < next.channels)
      channels_of<1>(frame, next, frames[index], weights, bias, kernel, first, task.slope, scratch, frames[index + 1]);
    weights = bias + next.channels;
  }
  return weights;
}

void read_out(const float* weights, const float* features, ptrdiff_t n_features, int n_code, float* code) {
  const float* const bias = weights + n_features * n_code;
  for (int i = 0; i < n_code; ++i, weights += n_features) {
    float sum = bias[i];
    for (ptrdiff_t f = 0; f < n_features; ++f) sum += weights[f] * features[f];
    code[i] = sum;
  }
}

void run_shape(const hd_shape_task& task) {
  const ptrdiff_t columns = rounded(int64_t{task.channels[0]} * task.depth, 16);
  float* const map = task.workspace;
  float* const line = map + columns * task.size * task.size;
  float* at = line + columns * task.size;
  float* frames[MAX_CONVOLUTIONS + 1];
  for (int index = 0; index <= task.n_layers; ++index) {
    const Frame frame = frame_of(task, index);
    frames[index] = at;
    const ptrdiff_t count = frame.numbers() + margin(frame, PIXELS);
    for (ptrdiff_t i = 0; i < count; ++i) *at++ = 0.0f;
  }
  to_columns(task, columns, map);
  for (int index = 0; index < task.n_turns; ++index) {
    const float cosine = task.turns[2 * index], sine = task.turns[2 * index + 1];
    turn(map, columns, cosine, sine, frame_of(task, 0), line, frames[0]);
    const float* const head = encode(task, frames, at);
    read_out(head, frames[task.n_layers], frame_of(task, task.n_layers).numbers(), task.n_code,
             task.codes + static_cast<ptrdiff_t>(index) * task.n_code);
  }
}

}  // namespace
