// The visible list of graph methods: one declaration here and one line in methods.cpp for each.
#pragma once
#include <pfm/selfsup/method.h>

namespace pfm {

Method dgi();
Method gcn_supervised();

}  // namespace pfm
