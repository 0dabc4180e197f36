// The visible list of image methods: one declaration here and one line in methods.cpp for each.
#pragma once
#include <pfm/selfsup/method.h>

namespace pfm {

const std::vector<Method>& vision_methods();

Method mae();
Method vit();

}  // namespace pfm
