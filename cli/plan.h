// pfm plan VERB ..: what a command will take, said before it runs.
#pragma once
#include <pfm/cli/arguments.h>

namespace pfm {

// The plans of the verbs that have one; each prints memory, disk and time and returns the exit code.
int plan_run(const Arguments& arguments);
int plan_pretrain(const Arguments& arguments);
int plan_convert(const Arguments& arguments);

}  // namespace pfm
