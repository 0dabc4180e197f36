// Random damage to files, and what reading them ends in.
#pragma once
#include <doctest/doctest.h>
#include <pfm/kernels/error.h>
#include <pfm/kernels/random.h>

#include <chrono>
#include <cstdlib>
#include <map>
#include <string>

#include "temporary.h"

inline int corruptions() { return std::getenv("PFM_SLOW") != nullptr ? 2000 : 200; }

// What `read` ends in: "right", "refused", or a text about what should not be.
template <class Read>
std::string outcome(Read read) {
  try {
    return read() ? "right" : "a wrong answer";
  } catch (const pfm::Error& error) {
    return error.fault == pfm::Fault::input ? "refused" : "the wrong fault: " + std::string(error.what());
  } catch (const std::exception& error) {
    return std::string("not an Error: ") + error.what();
  }
}

// Cut short, a flipped bit, a byte or a word of another value, in turn and at random places.
inline std::string damaged(std::string bytes, pfm::Rng rng) {
  const std::size_t at = rng.below(0, bytes.size());
  switch (rng.below(1, 4)) {
    case 0:
      bytes.resize(at);
      break;
    case 1:
      bytes[at] = char(bytes[at] ^ (1 << rng.below(2, 8)));
      break;
    case 2:
      bytes[at] = char(rng.below(3, 256));
      break;
    default:
      for (std::size_t i = at; i < std::min(at + 8, bytes.size()); ++i) bytes[i] = '\xff';
  }
  return bytes;
}

// Damages `bytes` at random, puts them at `path`, and lets `read` say what comes of it.
template <class Read>
void survive(const std::string& what, const std::string& bytes, const std::filesystem::path& path, Read read) {
  std::map<std::string, int> count;
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < corruptions(); ++i) {
    put(path, damaged(bytes, pfm::Rng(42).split(what).split(std::uint64_t(i))));
    const std::string result = outcome(read);
    ++count[result];
    INFO(what << " corruption " << i << ": " << result);
    CHECK((result == "right" || result == "refused"));
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  MESSAGE(what << ": " << corruptions() << " corruptions, " << count["right"] << " right, " << count["refused"]
               << " refused, " << seconds << " s");
}
