// Training that is killed or stopped and goes on ends in the same bytes.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <pfm/tests/program.h>
#include <pfm/tests/temporary.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <random>
#include <thread>

namespace {

using namespace std::chrono_literals;

std::vector<std::string> pretrain_words(const std::filesystem::path& output,
                                        const std::vector<std::string>& more = {}) {
  std::vector<std::string> words{"pretrain", "dgi",   "cora",       "-o",    output.string(), "--checkpoint-every",
                                 "10",       "--set", "epochs=120", "--set", "hidden=32"};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

std::filesystem::path checkpoint_of(const std::filesystem::path& output) { return output.string() + ".checkpoint"; }

std::string undisturbed(const Temporary& folder) {
  const std::filesystem::path output = folder / "undisturbed.safetensors";
  REQUIRE(wait_for(start_program(pretrain_words(output), folder / "err")) == 0);
  CHECK(!std::filesystem::exists(checkpoint_of(output)));
  return content_of(output);
}

void wait_until_exists(const std::filesystem::path& path, int process) {
  for (int i = 0; i < 6000 && !std::filesystem::exists(path) && kill(process, 0) == 0; ++i)
    std::this_thread::sleep_for(5ms);
}

}  // namespace

TEST_SUITE("cli") {
  TEST_CASE("killed and resumed with another thread count: the same bytes") {
    const Temporary folder;
    const std::string expected = undisturbed(folder);
    const std::filesystem::path output = folder / "m.safetensors";
    const int process = start_program(pretrain_words(output, {"--threads", "1"}), folder / "err");
    wait_until_exists(checkpoint_of(output), process);
    kill(process, SIGKILL);
    wait_for(process);
    const bool killed_in_time = std::filesystem::exists(checkpoint_of(output));
    REQUIRE(wait_for(start_program(pretrain_words(output, {"--resume", "--threads", "2"}), folder / "err")) == 0);
    if (killed_in_time) CHECK(content_of(folder / "err").find("going on from step ") != std::string::npos);
    CHECK(content_of(output) == expected);
    CHECK(!std::filesystem::exists(checkpoint_of(output)));
  }

  TEST_CASE("without a checkpoint training starts anew and says so") {
    const Temporary folder;
    const std::filesystem::path output = folder / "m.safetensors";
    REQUIRE(wait_for(start_program(pretrain_words(output, {"--resume"}), folder / "err")) == 0);
    CHECK(content_of(folder / "err").find("starts anew") != std::string::npos);
  }

  TEST_CASE("a checkpoint of another run is refused") {
    const Temporary folder;
    const std::filesystem::path output = folder / "m.safetensors";
    const int process = start_program(pretrain_words(output), folder / "err");
    wait_until_exists(checkpoint_of(output), process);
    kill(process, SIGKILL);
    wait_for(process);
    if (!std::filesystem::exists(checkpoint_of(output))) return;
    CHECK(wait_for(start_program(pretrain_words(output, {"--resume", "--seed", "5"}), folder / "err")) == 65);
    CHECK(content_of(folder / "err").find("another run") != std::string::npos);
  }

  TEST_CASE("signals: stops after a step, saves, names the command that goes on") {
    const Temporary folder;
    const std::string expected = undisturbed(folder);
    for (int signal : {SIGINT, SIGTERM}) {
      CAPTURE(signal);
      const std::filesystem::path output = folder / fmt::format("m{}.safetensors", signal);
      const int process = start_program(pretrain_words(output), folder / "err");
      wait_until_exists(checkpoint_of(output), process);
      kill(process, signal);
      const int code = wait_for(process);
      if (code == 0) continue;  // it was faster
      CHECK(code == 128 + signal);
      CHECK(content_of(folder / "err").find("--resume") != std::string::npos);
      CHECK(!std::filesystem::exists(output));
      REQUIRE(wait_for(start_program(pretrain_words(output, {"--resume"}), folder / "err")) == 0);
      CHECK(content_of(output) == expected);
    }
  }

  // The products of an evaluation do not bear a signal handler on their stack.
  TEST_CASE("signals at any moment of an evaluation are a clean stop") {
    const Temporary folder;
    const std::vector<std::string> words{"run", "dgi", "cora", "--set", "epochs=2", "--set", "hidden=128"};
    const auto start = std::chrono::steady_clock::now();
    REQUIRE(wait_for(start_program(words, folder / "err")) == 0);
    const std::chrono::duration<double> length = std::chrono::steady_clock::now() - start;
#if defined(PFM_POISON) || defined(PFM_STD_THREADS)  // an evaluation takes minutes there
    const int moments = 3;
#else
    const int moments = std::getenv("PFM_SLOW") ? 30 : 6;
#endif
    for (int moment = 1; moment < moments; ++moment) {
      CAPTURE(moment);
      const int process = start_program(words, folder / "err");
      std::this_thread::sleep_for(length * moment / moments);
      kill(process, moment % 2 == 0 ? SIGINT : SIGTERM);
      const int code = wait_for(process);
      CAPTURE(content_of(folder / "err"));
      CHECK((code == 0 || code == 128 + SIGINT || code == 128 + SIGTERM));
    }
  }

  TEST_CASE("killed at 20 random moments") {
    if (!std::getenv("PFM_SLOW")) {
      MESSAGE("skipped: PFM_SLOW is not set");
      return;
    }
    const Temporary folder;
    const auto start = std::chrono::steady_clock::now();
    const std::string expected = undisturbed(folder);
    const auto length = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start);
    std::minstd_rand random(1);
    for (int moment = 0; moment < 20; ++moment) {
      CAPTURE(moment);
      const std::filesystem::path output = folder / fmt::format("m{}.safetensors", moment);
      const int process = start_program(pretrain_words(output), folder / "err");
      std::this_thread::sleep_for(length * double(random() % 1000) / 1000);
      kill(process, SIGKILL);
      wait_for(process);
      const std::string threads = moment % 2 == 0 ? "1" : "2";
      REQUIRE(wait_for(start_program(pretrain_words(output, {"--resume", "--threads", threads}), folder / "err")) == 0);
      CHECK(content_of(output) == expected);
    }
  }
}
