// A Debian package index: a `Packages` file, plain or gzip, or what `apt-cache dumpavail` prints.
#pragma once
#include <pfm/io/formats.h>

namespace pfm::io {

bool is_debian(const std::filesystem::path& path);  // begins with a field Package

// Nodes of one type, "package", in the order of the file; of several versions of a package the first counts. Relations
// depends (Depends and Pre-Depends), recommends, suggests, each from a package to one it names, directed unless the
// rules say otherwise; every alternative of `a | b` is named, versions and architectures do not matter, a name counts
// once per relation. Names that are no package of the file (virtual ones among them) are left out and counted in a
// note. Classes are sections without their area (contrib/net is net), by name; -1 = none. Texts are descriptions;
// features count their words, those of at least 5 packages (io/word_bag.h). A package name with a control character
// or a field that stands twice is refused.
Dataset read_debian(Paths paths, const ReadRules& rules);

}  // namespace pfm::io
