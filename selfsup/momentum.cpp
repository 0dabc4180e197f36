#include <pfm/kernels/parallel.h>
#include <pfm/selfsup/momentum.h>

#include <algorithm>

namespace pfm {
namespace {

// body(value of `scope`, value of `follower`) for each trained entry.
template <class Body>
void each_pair(const Params& p, const std::string& scope, const std::string& follower, Body body) {
  for (const std::string& name : (p / scope).trainable()) {
    const std::string rest = name.substr(name.find(scope + ".") + scope.size());
    body(p.whole().at(name).value(), (p / follower).at(rest.substr(1)));
  }
}

}  // namespace

void follow_from_start(const Params& p, const std::string& scope, const std::string& follower) {
  each_pair(p, scope, follower, [](const Matrix& from, Var to) { to.value() = from.clone(); });
  p.freeze(follower + ".");
}

void follow(const Params& p, const std::string& scope, const std::string& follower, Real momentum) {
  each_pair(p, scope, follower, [&](const Matrix& from, Var to) {
    Matrix& value = to.value();
    parallel_for(value.size(), 65536, [&](Offset begin, Offset end) {
      for (Offset i = begin; i < end; ++i)
        value.data()[i] = momentum * value.data()[i] + (1 - momentum) * from.data()[i];
    });
  });
}

}  // namespace pfm
