#pragma once

namespace pfm {

const char* version();  // "major.minor.patch" of the library, as the build states it

}  // namespace pfm
