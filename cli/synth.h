// What the table of verbs and the help say of `pfm synth`.
#pragma once
#include <string>
#include <vector>

namespace pfm {

std::vector<std::string> synth_options();  // of all kinds, names of the option table
std::string synth_kinds();                 // their names
std::string synth_help();                  // each with what it is and its options

}  // namespace pfm
