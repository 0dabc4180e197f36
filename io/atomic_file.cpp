#include <fcntl.h>
#include <fmt/format.h>
#include <pfm/io/atomic_file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace pfm::io {

static std::filesystem::path folder_of(const std::filesystem::path& path) {
  return path.has_parent_path() ? path.parent_path() : ".";
}

AtomicFile::AtomicFile(std::filesystem::path path) : path_(std::move(path)) {
  struct stat about {};
  if (!path_.has_filename()) fail(EISDIR);
  if (::stat(path_.c_str(), &about) == 0 && !S_ISREG(about.st_mode)) fail(S_ISDIR(about.st_mode) ? EISDIR : EINVAL);
  for (int attempt = 0; file_ < 0; ++attempt) {
    temporary_ = folder_of(path_) / fmt::format(".{}.{}.{}.tmp", path_.filename().string(), ::getpid(), attempt);
    file_ = ::open(temporary_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (file_ < 0 && errno != EEXIST && errno != EINTR) {
      temporary_.clear();
      fail(errno);
    }
  }
}

AtomicFile::~AtomicFile() {
  if (file_ >= 0) ::close(file_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void AtomicFile::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t done = ::write(file_, bytes.data(), bytes.size());
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) fail(done < 0 ? errno : EIO);
    bytes.remove_prefix(done);
  }
}

void AtomicFile::commit() {
  if (::fsync(file_) != 0) fail(errno);
  if (::close(std::exchange(file_, -1)) != 0) fail(errno);
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) fail(errno);
  temporary_.clear();
  const int folder = ::open(folder_of(path_).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return;  // a folder that may be written but not read: the rename stands
  ::fsync(folder);         // some file systems refuse this; the file itself is safe
  ::close(folder);
}

void AtomicFile::fail(int error) const {
  const char* why = error == EINVAL ? "it exists and is not a regular file" : std::strerror(error);
  throw Error(Fault::writing,
              fmt::format("{}: cannot be written: {}; what was there before is untouched", path_.string(), why));
}

void write_file(const std::filesystem::path& path, std::string_view bytes) {
  AtomicFile file(path);
  file.write(bytes);
  file.commit();
}

}  // namespace pfm::io
