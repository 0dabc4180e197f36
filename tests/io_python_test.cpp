// What Python's packages make of our files. Python is $PFM_PYTHON, else python3; packages that it lacks are reported as
// skipped.
#include <pfm/io/anndata.h>
#include <pfm/io/builtin.h>
#include <pfm/io/dataset.h>
#include <pfm/io/embedding.h>
#include <pfm/io/npz.h>
#include <pfm/io/safetensors.h>

#include <cstdio>
#include <cstdlib>

#include "same_dataset.h"
#include "temporary.h"

using namespace pfm;

TEST_SUITE("io") {
  TEST_CASE("Python reads our files") {
    const Temporary folder;
    const Matrix rows(2, 2, {1, 2, 3, Real(-4.5)});
    io::write_dataset(folder / "cora.h5", io::builtin("cora"));
    io::write_embedding(folder / "e.h5", rows, {"a", "Å"});
    io::write_embedding(folder / "e.npy", rows);
    io::write_safetensors(folder / "m.safetensors", {{"weight", &rows}}, {{"step", "7"}});
    io::write_npz(folder / "cora.npz", io::builtin("cora"), {});
    io::write_anndata(folder / "cora.h5ad", io::builtin("cora"), {});
    const char* set = std::getenv("PFM_PYTHON");
    std::string command = set != nullptr ? set : "python3";
    command.append(" " PFM_SOURCE_DIR "/tests/python_read.py");
    for (const char* file :
         {"cora.h5", "e.h5", "e.npy", "m.safetensors", "cora.npz", "cora.h5ad", "made.npz", "made.h5ad"})
      command.append(" ").append((folder / file).string());
    std::FILE* python = ::popen((command + " 2>&1").c_str(), "r");
    REQUIRE(python != nullptr);
    std::string said;
    for (char buffer[4096]; const std::size_t got = std::fread(buffer, 1, sizeof buffer, python);)
      said.append(buffer, got);
    const int status = ::pclose(python);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 127) {
      MESSAGE("SKIPPED: no Python");
      return;
    }
    INFO(said);
    CHECK(status == 0);
    for (const char* package : {"h5py", "scipy.sparse", "anndata", "safetensors"}) {
      if (said.find(std::string("missing ") + package) != std::string::npos)
        MESSAGE("SKIPPED: Python has no " << std::string(package));
      else
        CHECK(said.find(std::string("ok ") + package) != std::string::npos);
    }
    if (std::filesystem::exists(folder / "made.npz")) {
      const Dataset data = io::read_npz(std::vector{folder / "made.npz"}, {});
      CHECK(same(data.all.graph.adjacency(), Sparse(3, 3, {0, 1, 1, 2}, {1, 0}, {Real(2.5), 1})));
    }
    if (std::filesystem::exists(folder / "made.h5ad")) {
      const Dataset data = io::read_anndata(std::vector{folder / "made.h5ad"}, {});
      CHECK(same(data.all.graph.adjacency(), Sparse(3, 3, {0, 1, 2, 2}, {1, 2}, {1, 2})));
      CHECK(same(data.all.x.sparse(), Sparse(3, 2, {0, 1, 1, 2}, {1, 0}, {Real(1.5), 1})));
      CHECK(data.targets.classes == std::vector<std::int32_t>{1, 0, -1});
      CHECK(data.targets.class_names == std::vector<std::string>{"a", "b"});
      CHECK(data.names == std::vector<std::string>{"u", "v", "w"});
    }
  }
}
