// Runs the built program.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

struct Finished {
  int code;  // of the exit; 128 + the signal that killed it
  std::string out, err;
};
Finished pfm_program(const std::string& words);  // as a shell reads them

// Starts it in the background; its standard error goes to `err`.
int start_program(const std::vector<std::string>& words, const std::filesystem::path& err);
int wait_for(int process);  // exit code as above
