// Networks that follow another one slowly (He et al. 2020, arXiv:1911.05722).
#pragma once
#include <pfm/nn/params.h>

namespace pfm {

// The names below `scope` and those below `follower`, made by the same layers: weights of the follower become those of
// the other, and are not trained. States (running moments) stay the follower's own.
void follow_from_start(const Params& p, const std::string& scope, const std::string& follower);

// follower = momentum follower + (1 - momentum) scope, of the trainable entries of `scope`.
void follow(const Params& p, const std::string& scope, const std::string& follower, Real momentum);

}  // namespace pfm
