#include <pfm/kernels/version.h>

namespace pfm {

const char* version() { return PFM_VERSION; }

}  // namespace pfm
