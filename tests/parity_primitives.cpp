// primitives/: single operations, forward and all gradients of sum(out * cotangent).
#include <pfm/nn/ops.h>
#include <pfm/nn/reductions.h>
#include <pfm/tests/parity_primitives.h>

#include <algorithm>

namespace pfm::parity {

using fixture::Array;
using fixture::Group;

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

namespace {

Run operation(const std::string& name) {
  for (const auto& subject : {entry_primitives(), layer_primitives(), image_primitives()})
    for (const Named& one : subject) {
      const std::string known = one.name;
      if (name == known || (known.ends_with("_") && name.starts_with(known))) return one.run;
    }
  return nullptr;
}

bool compare_primitive(const std::string& name, const Group& group, Comparison& compare) {
  const Run run = operation(name);
  if (!run) return false;
  Primitive p{name, group};
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
