// The program: finds the verb, turns faults into one line and an exit code.
#include <fmt/format.h>
#include <pfm/cli/help.h>
#include <pfm/cli/output.h>
#include <pfm/cli/signals.h>
#include <pfm/cli/verbs.h>
#include <pfm/kernels/error.h>
#include <pfm/kernels/parallel.h>
#include <pfm/kernels/version.h>
#include <sys/resource.h>

#include <algorithm>
#include <new>

namespace pfm {
namespace {

enum Exit { done = 0, other = 1, wrong_usage = 2, wrong_input = 65, out_of_memory = 71, writing_failed = 74 };

int exit_code(Fault fault) {
  switch (fault) {
    case Fault::usage:
      return wrong_usage;
    case Fault::input:
      return wrong_input;
    case Fault::memory:
      return out_of_memory;
    case Fault::writing:
      return writing_failed;
  }
  return other;
}

int fail(int code, std::string text) {
  std::ranges::replace(text, '\n', ' ');
  fmt::print(stderr, "pfm: {}\n", text);
  return code;
}

// Memory the program maps for itself: heap and stacks, not mapped files.
void limit_memory(std::uint64_t bytes) {
  const rlimit limit{bytes, bytes};
  if (bytes > 0) setrlimit(RLIMIT_DATA, &limit);
}

int dispatch(int argc, const char* const* argv) {
  const std::string word = argc > 1 ? argv[1] : "";
  if (word.empty()) throw Error(Fault::usage, "expected a verb, got nothing; \"pfm --help\" lists them");
  if (word == "--help" || word == "-h") return put(overview()), done;
  if (word == "--version") return put(fmt::format("pfm {}\n", version())), done;
  const bool planning = word == "plan" && argc > 2 && argv[2][0] != '-';
  const Verb verb = planning ? planned(argv[2]) : verb_named(word);
  const Arguments arguments = planning ? parse(verb, argc - 1, argv + 1) : parse(verb, argc, argv);
  if (arguments.has("help")) return put(help_text(verb)), done;
  watch_signals();
  check_outputs(arguments);
  limit_memory(arguments.bytes("memory"));
  const Threads threads(int(arguments.whole("threads", 0, 1)));
  return verb.run(arguments);
}

}  // namespace
}  // namespace pfm

int main(int argc, char** argv) {
  using namespace pfm;
  try {
    return dispatch(argc, argv);
  } catch (const Error& error) {
    return fail(exit_code(error.fault), error.what());
  } catch (const Stopped& stopped) {
    return 128 + stopped.signal;
  } catch (const std::bad_alloc&) {
    return fail(out_of_memory, "out of memory; a larger --memory or smaller settings may help");
  } catch (const std::exception& error) {
    return fail(other, std::string("internal error: ") + error.what());
  }
}
