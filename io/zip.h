// ZIP archives as named bytes, read with limits and written whole or not at all.
#pragma once
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace pfm::io {

bool is_zip(const std::filesystem::path& path);  // by its first bytes

class ZipReader {
 public:
  // Missing, unreadable, damaged: Error(Fault::input), here and below. Refused before anything is inflated: more than
  // 1,000 members, and members whose sizes sum up to more than 256 times the file's (beyond 64 MiB).
  explicit ZipReader(const std::filesystem::path& path);
  ~ZipReader();
  ZipReader(const ZipReader&) = delete;
  ZipReader& operator=(const ZipReader&) = delete;

  const std::vector<std::string>& members() const { return members_; }
  bool has(const std::string& member) const;
  std::string read(const std::string& member) const;  // the whole of it, its checksum compared
  const std::string& name() const { return name_; }
  [[noreturn]] void fail(const std::string& what) const;

 private:
  struct State;
  std::string name_;
  std::vector<std::string> members_;
  std::unique_ptr<State> state_;
};

// Members in the order of their names, deflated, without times: equal content makes equal bytes. The archive is put
// together in memory. Failures: Error(Fault::writing).
void write_zip(const std::filesystem::path& path, const std::map<std::string, std::string>& members);

}  // namespace pfm::io
