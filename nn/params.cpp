#include <pfm/nn/params.h>

#include <cmath>

namespace pfm {

struct Params::Store {
  Rng rng;
  Entries entries;
};

Params::Params(Rng rng) : store_(std::make_shared<Store>(Store{rng, {}})) {}

Params Params::operator/(const std::string& scope) const {
  Params below = *this;
  below.scope_ += scope + ".";
  return below;
}

Params Params::whole() const {
  Params all = *this;
  all.scope_.clear();
  return all;
}

template <class Fill>
Var Params::make(const std::string& name, Offset rows, Offset cols, bool trainable, Fill fill) const {
  const std::string full = scope_ + name;
  auto found = store_->entries.find(full);
  if (found == store_->entries.end()) {
    Matrix value(rows, cols);
    const Rng rng = store_->rng.split(full);
    for (Offset i = 0; i < value.size(); ++i) value.data()[i] = Real(fill(rng, std::uint64_t(i)));
    found = store_->entries.emplace(full, Entry{Var(std::move(value), trainable), trainable}).first;
  }
  expect(found->second.var.rows() == rows && found->second.var.cols() == cols, "Params: one name, one shape");
  return found->second.var;
}

Var Params::glorot(const std::string& name, Offset in, Offset out) const {
  return uniform(name, in, out, std::sqrt(6.0 / double(in + out)));
}

Var Params::uniform(const std::string& name, Offset rows, Offset cols, double bound) const {
  return make(name, rows, cols, true, [=](Rng r, std::uint64_t i) { return bound * (2 * r.uniform(i) - 1); });
}

Var Params::normal(const std::string& name, Offset rows, Offset cols, double deviation) const {
  return make(name, rows, cols, true, [=](Rng r, std::uint64_t i) { return deviation * r.normal(i); });
}

Var Params::constant(const std::string& name, Offset rows, Offset cols, double value) const {
  return make(name, rows, cols, true, [=](Rng, std::uint64_t) { return value; });
}

Var Params::state(const std::string& name, Offset rows, Offset cols, double value) const {
  return make(name, rows, cols, false, [=](Rng, std::uint64_t) { return value; });
}

bool Params::has(const std::string& name) const { return store_->entries.contains(scope_ + name); }

Var Params::at(const std::string& name) const {
  expect(has(name), "Params: no such name");
  return store_->entries.at(scope_ + name).var;
}

Params::Entries& Params::entries() const { return store_->entries; }

std::vector<std::string> Params::trainable() const {
  std::vector<std::string> names;
  for (const auto& [name, entry] : store_->entries)
    if (entry.trainable && name.starts_with(scope_)) names.push_back(name);
  return names;
}

void Params::freeze(const std::string& scope) const {
  for (auto& [name, entry] : store_->entries)
    if (name.starts_with(scope_ + scope)) entry.trainable = false;
}

Offset Params::count() const {
  Offset numbers = 0;
  for (const auto& [name, entry] : store_->entries)
    if (entry.trainable) numbers += entry.var.value().size();
  return numbers;
}

void Params::clear_grads() const {
  for (const auto& [name, entry] : store_->entries) entry.var.clear_grad();
}

Rng Params::rng() const { return store_->rng; }

}  // namespace pfm
