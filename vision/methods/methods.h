// The visible list of image methods: one declaration here and one line in methods.cpp for each.
#pragma once
#include <pfm/selfsup/method.h>

namespace pfm {

const std::vector<Method>& vision_methods();

Method beit();
Method byol();
Method mae();
Method moco();
Method simclr();
Method vit();

}  // namespace pfm
