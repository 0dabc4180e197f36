#include <fcntl.h>
#include <pfm/tests/program.h>
#include <pfm/tests/temporary.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

static int code_of(int status) { return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status); }

Finished pfm_program(const std::string& words) {
  const Temporary folder;
  const std::string command = "{ XDG_CACHE_HOME=" + (folder / "cache").string() + " " PFM_PROGRAM " " + words +
                              " ; } > " + (folder / "out").string() + " 2> " + (folder / "err").string() +
                              " < /dev/null";
  const int status = std::system(command.c_str());
  return {code_of(status), content_of(folder / "out"), content_of(folder / "err")};
}

int start_program(const std::vector<std::string>& words, const std::filesystem::path& err) {
  const int process = fork();
  if (process != 0) return process;
  const int file = open(err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), nothing = open("/dev/null", O_RDWR);
  dup2(nothing, STDIN_FILENO), dup2(nothing, STDOUT_FILENO), dup2(file, STDERR_FILENO);
  std::vector<char*> argv{const_cast<char*>(PFM_PROGRAM)};
  for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  execv(PFM_PROGRAM, argv.data());
  _exit(127);
}

int wait_for(int process) {
  int status = 0;
  waitpid(process, &status, 0);
  return code_of(status);
}
