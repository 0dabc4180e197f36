#pragma once
#include <string>

namespace pfm {

std::string overview();  // what "pfm --help" prints

}  // namespace pfm
