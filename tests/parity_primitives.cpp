// primitives/: single operations, forward and all gradients of sum(out * cotangent).
#include <fmt/format.h>
#include <pfm/encoders/recurrent.h>
#include <pfm/encoders/transformer.h>
#include <pfm/nn/activations.h>
#include <pfm/nn/classification.h>
#include <pfm/nn/convolution.h>
#include <pfm/nn/layers.h>
#include <pfm/nn/norms.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/products.h>
#include <pfm/nn/reductions.h>
#include <pfm/nn/resize.h>
#include <pfm/nn/shape.h>
#include <pfm/tests/parity.h>

#include <algorithm>
#include <cmath>

namespace pfm::parity {
namespace {

using fixture::Array;
using fixture::Group;

// How an array of the file lies in a matrix. rows: all axes but the last joined. transposed: [out, in] -> [in, out].
// channels: [b, c, ..] -> a row per pixel [b .., c]. column: one entry per row. kernel: [out, in, ..] -> [.. in, out].
enum class Layout { rows, transposed, channels, column, kernel };

Array arranged(const Array& a, Layout layout) {
  if (layout == Layout::rows) return a;
  if (layout == Layout::column) return {{a.size(), 1}, a.values, a.stored};
  if (layout == Layout::kernel) {
    const Offset out = a.shape[0], in = a.shape[1], pixels = a.size() / (out * in);
    Array weights{{pixels * in, out}, std::vector<double>(a.values.size()), a.stored};
    for (Offset i = 0; i < a.size(); ++i) {
      const Offset o = i / (in * pixels), c = i / pixels % in, p = i % pixels;
      weights.values[std::size_t((p * in + c) * out + o)] = a.values[std::size_t(i)];
    }
    return weights;
  }
  const Offset samples = layout == Layout::channels ? a.shape[0] : 1;
  const Offset channels = layout == Layout::channels ? a.shape[1] : a.shape[0];
  const Offset pixels = a.size() / (samples * channels);
  Array out{{samples * pixels, channels}, std::vector<double>(a.values.size()), a.stored};
  for (Offset s = 0; s < samples; ++s)
    for (Offset c = 0; c < channels; ++c)
      for (Offset p = 0; p < pixels; ++p)
        out.values[std::size_t((s * pixels + p) * channels + c)] =
            a.values[std::size_t((s * channels + c) * pixels + p)];
  return out;
}

// One case: its arrays as variables, each asked for by the name that the file gives it.
struct Primitive {
  const Group& group;
  struct Leaf {
    std::string gradient;  // path below f32: "grad/x", "grad_param/weight"
    Var var;
    Layout layout;
  };
  std::vector<Leaf> leaves = {};
  std::vector<std::pair<std::string, Var>> after = {};  // state and where the file has what becomes of it
  Layout result = Layout::rows;

  Var input(const std::string& name, Layout layout = Layout::rows) { return leaf("input/", "grad/", name, layout); }
  Var param(const std::string& name, Layout layout = Layout::rows) {
    return leaf("param/", "grad_param/", name, layout);
  }
  Var state(const std::string& name) {
    after.emplace_back("after/" + name, Var(group.array("param/" + name).matrix()));
    return after.back().second;
  }
  template <class T>
  std::vector<T> numbers(const std::string& name) const {
    return group.array("input/" + name).as<T>();
  }
  Real option(const char* name, double otherwise = NAN) const { return Real(group.number(name, otherwise)); }

 private:
  Var leaf(const std::string& from, const std::string& to, const std::string& name, Layout layout) {
    leaves.push_back({to + name, Var(arranged(group.array(from + name), layout).matrix(), true), layout});
    return leaves.back().var;
  }
};

using Run = std::function<Var(Primitive&)>;

Run of_x(Var (*op)(const Var&)) {
  return [op](Primitive& p) { return op(p.input("x")); };
}

Var layer_norm_case(Primitive& p) {
  return layer_norm(p.input("input"), p.param("weight"), p.param("bias"), p.option("eps"));
}

Var rms_norm_case(Primitive& p) {
  const Var x = p.input("x");
  const Var inverse = power(add_scalar(row_means(square(x)), p.option("eps")), Real(-0.5));
  return multiply_row(multiply_column(x, inverse), p.param("weight"));
}

// Groups of channels become rows for the norm, then single channels for scale and shift.
Var group_norm_case(Primitive& p) {
  const Array& shape = p.group.array("input/input");
  const Offset samples = shape.shape[0], channels = shape.shape[1], groups = Offset(p.option("groups"));
  const Offset pixels = shape.size() / (samples * channels);
  std::vector<NodeId> channel;
  for (Offset i = 0; i < samples * channels; ++i) channel.push_back(NodeId(i % channels));
  const Var x = reshape(p.input("input"), samples * groups, channels / groups * pixels);
  const Var unit = reshape(layer_norm(x, {}, {}, p.option("eps")), samples * channels, pixels);
  const auto per_row = [&](const Var& v) { return gather_rows(v, channel); };
  const Var scaled = multiply_column(unit, per_row(p.param("weight", Layout::column)));
  return add_column(scaled, per_row(p.param("bias", Layout::column)));
}

Run batch_norm_case(Layout layout) {
  return [layout](Primitive& p) {
    p.result = layout;
    const Var x = p.input("input", layout), weight = p.param("weight"), bias = p.param("bias");
    const Var mean = p.state("running_mean"), variance = p.state("running_var");
    if (!p.group.attributes.contains("momentum"))  // evaluation
      return batch_norm_fixed(x, weight, bias, mean, variance, p.option("eps"));
    return batch_norm(x, weight, bias, mean, variance, p.option("momentum"), p.option("eps"));
  };
}

Var linear_case(Primitive& p) {
  const Var x = p.input("input"), weight = p.param("weight", Layout::transposed);
  Linear layer(Params(), weight.rows(), weight.cols());
  layer.weight = weight, layer.bias = p.param("bias");
  return layer(x);
}

Var bilinear_case(Primitive& p) {
  const Var a = p.input("input1"), b = p.input("input2"), weight = p.param("weight"), bias = p.param("bias");
  std::vector<Var> outputs;
  for (Offset o = 0; o < bias.cols(); ++o) {
    Bilinear layer(Params(), a.cols(), b.cols());
    layer.weight = slice_rows(weight, o * a.cols(), (o + 1) * a.cols());
    layer.bias = slice_columns(bias, o, o + 1);
    outputs.push_back(layer(a, b));
  }
  return concat_columns(outputs);
}

// Images [b, c, h, w], or [b, c, w] as images of one row.
ImageRows image_rows(Primitive& p) {
  const std::vector<Offset>& shape = p.group.array("input/input").shape;
  p.result = Layout::channels;
  const Offset height = shape.size() == 4 ? shape[2] : 1;
  return {p.input("input", Layout::channels), shape[0], {height, shape.back()}};
}

// Kernel, stride, padding and dilation are one number for both sides; images of one row have them along it alone.
Windows windows_of(Primitive& p, const ImageRows& images, Offset height, Offset width) {
  const auto both = [&](const char* name, Offset otherwise) {
    const auto given = Offset(p.option(name, Real(otherwise)));
    return Sides{images.size.height == 1 ? otherwise : given, given};
  };
  return {{height, width}, both("stride", 1), both("padding", 0), both("dilation", 1)};
}

// Weights [out, in / groups, height, width].
Var convolution_case(Primitive& p) {
  const ImageRows images = image_rows(p);
  const std::vector<Offset>& shape = p.group.array("param/weight").shape;
  const Offset height = shape.size() == 4 ? shape[2] : 1;
  const Var weight = p.param("weight", Layout::kernel);
  const Convolution2d what{images.images,
                           images.size,
                           images.channels(),
                           shape[0],
                           windows_of(p, images, height, shape.back()),
                           Offset(p.option("groups", 1))};
  const Var y = convolve(what, images.x, weight);
  return p.group.has("param/bias") ? add_row(y, p.param("bias")) : y;
}

// Weights [in, out, height, width]: those of the convolution whose gradient by its input this is.
Var transposed_convolution_case(Primitive& p) {
  const ImageRows images = image_rows(p);
  const std::vector<Offset>& shape = p.group.array("param/weight").shape;
  const std::vector<Offset>& result = p.group.array("cotangent").shape;
  const Convolution2d what{
      images.images, {result[2], result[3]}, shape[1], shape[0], windows_of(p, images, shape[2], shape[3])};
  return add_row(convolve_transposed(what, images.x, p.param("weight", Layout::kernel)), p.param("bias"));
}

// Weights g v / |v|, the norm over all but the kernel's axis.
Var weight_norm_case(Primitive& p) {
  const ImageRows images = image_rows(p);
  const std::vector<Offset>& shape = p.group.array("param/parametrizations.weight.original1").shape;
  const Var v = p.param("parametrizations.weight.original1", Layout::kernel);
  const Var g = p.param("parametrizations.weight.original0", Layout::column);
  const Var unit = l2_normalise(reshape(v, shape[2], shape[0] * shape[1]));
  Windows windows{.size = {1, shape[2]}};
  windows.padding.width = shape[2] / 2;
  const Convolution2d what{images.images, images.size, images.channels(), shape[0], windows};
  return add_row(convolve(what, images.x, reshape(multiply_column(unit, g), v.rows(), v.cols())), p.param("bias"));
}

Run resize_case(Interpolation how, Alignment where) {
  return [=](Primitive& p) {
    const std::vector<Offset>&shape = p.group.array("input/x").shape, &result = p.group.array("cotangent").shape;
    p.result = Layout::channels;
    const ImageRows images{p.input("x", Layout::channels), shape[0], {shape[2], shape[3]}};
    return resize(images, {result[2], result[3]}, how, where).x;
  };
}

// Padded sequences [b, t, k] of lengths: places behind the end are zeros. PyTorch calls layer l's parameters
// weight_ih_l0, .., in the other direction with _reverse behind.
Run recurrent_case(Cell cell) {
  return [cell](Primitive& p) {
    const Var padded = p.input("x");
    const Offset steps = p.group.array("input/x").shape[1];
    std::vector<Offset> sequences{0};
    std::vector<NodeId> places;
    for (const Offset length : p.numbers<Offset>("lengths")) {
      const Offset first = Offset(sequences.size() - 1) * steps;
      for (Offset t = 0; t < length; ++t) places.push_back(NodeId(first + t));
      sequences.push_back(sequences.back() + length);
    }
    Var h = gather_rows(padded, places);
    for (int l = 0; p.group.has(fmt::format("param/rnn.weight_ih_l{}", l)); ++l) {
      std::vector<Var> both;
      for (const char* direction : {"", "_reverse"}) {
        const std::string end = fmt::format("_l{}{}", l, direction);
        if (!p.group.has("param/rnn.weight_ih" + end)) continue;
        const Var from_input = p.param("rnn.weight_ih" + end, Layout::transposed),
                  from_state = p.param("rnn.weight_hh" + end, Layout::transposed);
        Recurrent layer(Params(), cell, from_input.rows(), from_state.rows());
        layer.input.weight = from_input, layer.input.bias = p.param("rnn.bias_ih" + end);
        layer.hidden.weight = from_state, layer.hidden.bias = p.param("rnn.bias_hh" + end);
        both.push_back(layer(sequences, h, *direction ? Direction::backward : Direction::forward));
      }
      h = concat_columns(both);
    }
    return scatter_rows(h, places, padded.rows());
  };
}

Run pooling_case(ImageRows (*pool)(const ImageRows&, const Windows&)) {
  return [pool](Primitive& p) {
    const ImageRows images = image_rows(p);
    const auto size = Offset(p.option("kernel"));
    return pool(images, windows_of(p, images, size, size)).x;
  };
}

Var adaptive_pooling_case(Primitive& p) {
  const ImageRows images = image_rows(p);
  const std::vector<Offset>& shape = p.group.array("cotangent").shape;
  return adaptive_mean_pool(images, {shape[2], shape[3]}).x;
}

// A padding row, where the note says that there is one, is a constant.
Var embedding_case(Primitive& p) {
  Var table = p.param("weight");
  if (p.group.text("note").find("row 0 gets no gradient") != std::string::npos)
    table = concat_rows({slice_rows(table, 0, 1).detached(), slice_rows(table, 1, table.rows())});
  return gather_rows(table, p.numbers<NodeId>("input"));
}

Var cross_entropy_case(Primitive& p) {
  std::vector<std::int32_t> targets = p.numbers<std::int32_t>("target");
  for (std::int32_t& t : targets) t = std::max(t, -1);  // -100 in the file
  CrossEntropyOptions options{.smoothing = p.option("label_smoothing", 0)};
  if (p.group.has("input/weight")) {
    const Var weights = p.input("weight");
    options.class_weights.assign(weights.value().values().begin(), weights.value().values().end());
  }
  return cross_entropy(p.input("x"), targets, options);
}

Var kl_case(Primitive& p) {
  const Var log_p = log_softmax(p.input("p")), log_q = log_softmax(p.input("q"));
  return scale(sum(hadamard(exp(log_q), subtract(log_q, log_p))), 1 / Real(log_p.rows()));
}

// With c = d cut off at +-beta: c^2 / (2 beta) + |d| - |c|.
Var smooth_l1_case(Primitive& p) {
  const Real beta = p.option("beta");
  const Var d = subtract(p.input("x"), p.input("y")), c = clamp(d, -beta, beta);
  return mean(add(scale(square(c), 1 / (2 * beta)), subtract(abs(d), abs(c))));
}

Var distances_case(Primitive& p) {
  const Var x = p.input("x"), y = p.input("y");
  const Var rows = row_sums(square(x)), columns = reshape(row_sums(square(y)), 1, y.rows());
  return sqrt(add_column(add_row(scale(multiply_transposed(x, y), -2), columns), rows));
}

// PyTorch keeps query, key and value in one matrix, one below the other.
MultiHeadAttention multi_head(Primitive& p, const std::string& name, Offset heads) {
  const Var weight = p.param(name + ".in_proj_weight", Layout::transposed), bias = p.param(name + ".in_proj_bias");
  const Offset width = weight.rows();
  MultiHeadAttention layer(Params(), width, heads);
  Linear* const parts[] = {&layer.query, &layer.key, &layer.value};
  for (Offset i = 0; i < 3; ++i) {
    parts[i]->weight = slice_columns(weight, i * width, (i + 1) * width);
    parts[i]->bias = slice_columns(bias, i * width, (i + 1) * width);
  }
  layer.output.weight = p.param(name + ".out_proj.weight", Layout::transposed);
  layer.output.bias = p.param(name + ".out_proj.bias");
  return layer;
}

// Samples [b, t, ..] as segments of t rows.
std::vector<Offset> samples_of(const Primitive& p, const std::string& name) {
  const std::vector<Offset>& shape = p.group.array("input/" + name).shape;
  std::vector<Offset> offsets;
  for (Offset b = 0; b <= shape[0]; ++b) offsets.push_back(b * shape[1]);
  return offsets;
}

Var causal_attention_case(Primitive& p) {
  const std::vector<Offset> segments = samples_of(p, "x");
  const Var x = p.input("x");
  p.input("memory");  // is not looked at
  AttentionPlan plan = within(segments);
  plan.mask = causal_mask(segments, segments);
  return multi_head(p, "attn", Offset(p.option("heads")))(std::make_shared<AttentionPlan>(plan), x, x);
}

// Hidden keys have a rank that nobody sees.
Var cross_attention_case(Primitive& p) {
  AttentionPlan plan{samples_of(p, "x"), samples_of(p, "memory")};
  for (const Offset hidden : p.numbers<Offset>("key_mask")) plan.mask.rank.push_back(-hidden);
  const Var x = p.input("x"), memory = p.input("memory");
  return multi_head(p, "attn", Offset(p.option("heads")))(std::make_shared<AttentionPlan>(plan), x, memory);
}

Var transformer_layer_case(Primitive& p) {
  const std::string note = p.group.text("note");
  const auto linear = [&](Linear& layer, const std::string& name) {
    layer.weight = p.param(name + ".weight", Layout::transposed), layer.bias = p.param(name + ".bias");
  };
  const auto norm = [&](LayerNorm& layer, const std::string& name) {
    layer.scale = p.param(name + ".weight"), layer.shift = p.param(name + ".bias");
  };
  const Var x = p.input("src");
  TransformerLayer layer(Params(), {.width = x.cols(),
                                    .heads = 2,
                                    .norm_first = note.find("pre-norm") != std::string::npos,
                                    .activation = note.find("GELU") != std::string::npos ? "gelu" : "relu",
                                    .epsilon = Real(1e-5)});
  layer.attention = multi_head(p, "self_attn", layer.attention.heads);
  linear(layer.widen, "linear1"), linear(layer.narrow, "linear2");
  norm(layer.attention_norm, "norm1"), norm(layer.feed_forward_norm, "norm2");
  return layer({.plan = std::make_shared<AttentionPlan>(within(samples_of(p, "src")))}, x);
}

struct Named {
  const char* name;  // ends in _: the rest of the case's name is a number, read from `tail`
  Run run;
};

double tail(const std::string& name) { return std::stod(name.substr(name.rfind('_') + 1)); }

std::vector<Named> operations(const std::string& name) {
  const Run prelu_case = [](Primitive& p) { return prelu(p.input("input"), p.param("weight")); };
  return {
      {"adaptive_avg_pool2d", adaptive_pooling_case},
      {"attention_causal", causal_attention_case},
      {"attention_cross_padded", cross_attention_case},
      {"avg_pool2d", pooling_case(mean_pool)},
      {"batch_norm1d_eval", batch_norm_case(Layout::rows)},
      {"batch_norm1d_train", batch_norm_case(Layout::rows)},
      {"batch_norm2d_train", batch_norm_case(Layout::channels)},
      {"bce_logits_pos_weight",
       [](Primitive& p) { return bce_with_logits(p.input("x"), p.input("y"), p.option("pos_weight")); }},
      {"bigru", recurrent_case(Cell::gru)},
      {"bilinear", bilinear_case},
      {"bilstm_2layers", recurrent_case(Cell::lstm)},
      {"cdist", distances_case},
      {"conv1d_groups", convolution_case},
      {"conv1d_stride", convolution_case},
      {"conv1d_weight_norm", weight_norm_case},
      {"conv2d", convolution_case},
      {"conv2d_dilated", convolution_case},
      {"conv2d_patch", convolution_case},
      {"conv_transpose2d", transposed_convolution_case},
      {"cosine_similarity",
       [](Primitive& p) { return row_dots(l2_normalise(p.input("x")), l2_normalise(p.input("y"))); }},
      {"cross_entropy_ignore", cross_entropy_case},
      {"cross_entropy_smooth", cross_entropy_case},
      {"cross_entropy_weighted", cross_entropy_case},
      {"elu", [](Primitive& p) { return elu(p.input("x")); }},
      {"embedding", embedding_case},
      {"gelu_erf", of_x(gelu)},
      {"gelu_tanh", of_x(gelu_tanh)},
      {"group_norm", group_norm_case},
      {"gru", recurrent_case(Cell::gru)},
      {"hardtanh", [](Primitive& p) { return clamp(p.input("x"), -1, 1); }},
      {"kl_div_batchmean", kl_case},
      {"l2_normalize", [](Primitive& p) { return l2_normalise(p.input("x")); }},
      {"layer_norm", layer_norm_case},
      {"layer_norm_eps1e-5", layer_norm_case},
      {"leaky_relu_", [name](Primitive& p) { return leaky_relu(p.input("x"), Real(tail(name))); }},
      {"linear", linear_case},
      {"log_softmax", of_x(log_softmax)},
      {"logsigmoid", [](Primitive& p) { return scale(softplus(scale(p.input("x"), -1)), -1); }},
      {"logsumexp", of_x(log_sum_exp)},
      {"lstm", recurrent_case(Cell::lstm)},
      {"max_pool2d", pooling_case(max_pool)},
      {"prelu_channel", prelu_case},
      {"prelu_shared", prelu_case},
      {"quick_gelu",
       [](Primitive& p) {
         const Var x = p.input("x");
         return hadamard(x, sigmoid(scale(x, Real(1.702))));
       }},
      {"relu", of_x(relu)},
      {"rms_norm", rms_norm_case},
      {"resize_bicubic_align0", resize_case(Interpolation::bicubic, Alignment::areas)},
      {"resize_bicubic_align1", resize_case(Interpolation::bicubic, Alignment::corners)},
      {"resize_bilinear_align0", resize_case(Interpolation::bilinear, Alignment::areas)},
      {"resize_bilinear_align1", resize_case(Interpolation::bilinear, Alignment::corners)},
      // Between slopes 1/8 and 1/3: their mean.
      {"rrelu_eval", [](Primitive& p) { return leaky_relu(p.input("x"), Real(11.0 / 48)); }},
      {"scatter_add",
       [](Primitive& p) { return scatter_rows(p.input("x"), p.numbers<NodeId>("index"), Offset(p.option("rows"))); }},
      // Klambauer et al. 2017.
      {"selu",
       [](Primitive& p) { return scale(elu(p.input("x"), Real(1.6732632423543772)), Real(1.0507009873554805)); }},
      {"sigmoid", of_x(sigmoid)},
      {"silu", of_x(silu)},
      {"smooth_l1", smooth_l1_case},
      {"softmax", of_x(softmax)},
      {"softplus", of_x(softplus)},
      {"tanh", of_x(tanh)},
      {"transformer_encoder_post", transformer_layer_case},
      {"transformer_encoder_pre", transformer_layer_case},
  };
}

Run operation(const std::string& name) {
  for (const Named& one : operations(name)) {
    const std::string known = one.name;
    if (name == known || (known.ends_with("_") && name.starts_with(known))) return one.run;
  }
  return nullptr;
}

bool compare_primitive(const std::string& name, const Group& group, Comparison& compare) {
  const Run run = operation(name);
  if (!run) return false;
  Primitive p{group};
  const Var out = run(p);
  const Group& expected = group.group(precision);
  compare.forward("out", out.value(), arranged(expected.array("out"), p.result));
  Matrix cotangent(out.rows(), out.cols());
  std::ranges::transform(arranged(group.array("cotangent"), p.result).values, cotangent.data(),
                         [](double v) { return Real(v); });
  backward(sum(hadamard(out, Var(std::move(cotangent)))));
  for (const char* kind : {"grad", "grad_param"})
    if (expected.groups.contains(kind))
      for (const auto& [of, array] : expected.group(kind).arrays) {
        const std::string path = std::string(kind) + "/" + of;
        const auto leaf = std::ranges::find(p.leaves, path, &Primitive::Leaf::gradient);
        if (leaf == p.leaves.end())
          compare.fail(path + ": no such variable");
        else
          compare.gradient(path, leaf->var.grad(), arranged(array, leaf->layout));
      }
  for (const auto& [path, var] : p.after)
    if (expected.has(path)) compare.forward(path, var.value(), expected.array(path));
  return true;
}

}  // namespace

std::vector<Case> primitive_cases(std::shared_ptr<const Group> file, const std::filesystem::path&) {
  std::vector<Case> cases;
  for (const auto& [name, group] : file->groups)
    cases.push_back({name, [file, n = name, g = &group](Comparison& c) { return compare_primitive(n, *g, c); }});
  return cases;
}

}  // namespace pfm::parity
