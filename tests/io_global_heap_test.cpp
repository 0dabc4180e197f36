// Damage in the texts of variable length of an HDF5 file, which libhdf5 itself does not see.
#include <hdf5.h>
#include <pfm/io/check.h>
#include <pfm/io/hdf5.h>

#include <cstring>

#include "corruption.h"
#include "temporary.h"

using namespace pfm;
using io::hdf5::Handle;

namespace {

constexpr const char* word = "some text that stands nowhere else in the file";

// An attribute and an array of two texts: the numbers 1, 2 and 3 of one collection.
void write_texts(const std::filesystem::path& path, hsize_t before = 0, const char* fill = nullptr,
                 std::size_t address = 8) {
  const Handle creation(H5Pcreate(H5P_FILE_CREATE), H5Pclose), dataset(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  H5Pset_userblock(creation, before), H5Pset_sizes(creation, address, address);
  const Handle file(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, creation, H5P_DEFAULT), H5Fclose);
  const Handle text(H5Tcopy(H5T_C_S1), H5Tclose), one(H5Screate(H5S_SCALAR), H5Sclose);
  H5Tset_size(text, H5T_VARIABLE);
  if (fill != nullptr) H5Pset_fill_value(dataset, text, &fill);
  const hsize_t two = 2;
  const Handle row(H5Screate_simple(1, &two, nullptr), H5Sclose);
  const Handle a(H5Acreate2(file, "a", text, one, H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
  H5Awrite(a, text, &word);
  const Handle d(H5Dcreate2(file, "d", text, row, H5P_DEFAULT, dataset, H5P_DEFAULT), H5Dclose);
  const char* words[] = {word, word};
  H5Dwrite(d, text, H5S_ALL, H5S_ALL, H5P_DEFAULT, words);
}

std::string with(std::string bytes, std::size_t at, std::uint64_t value, std::size_t size) {
  std::memcpy(&bytes[at], &value, size);
  return bytes;
}

}  // namespace

TEST_SUITE("hostile") {
  TEST_CASE("hostile: texts of variable length whose length, number or collection is wrong are refused") {
    const Temporary folder;
    const auto path = folder / "t.h5";
    write_texts(path);
    const std::string bytes = content_of(path);
    const std::size_t collection = bytes.find("GCOL"), first = bytes.find(word) - 16, size = std::strlen(word);
    const std::size_t second = first + 16 + (size + 7) / 8 * 8;
    REQUIRE(collection != std::string::npos);
    REQUIRE(bytes.compare(second + 16, size, word) == 0);
    auto result = [&](const std::string& damaged) {
      put(path, damaged);
      return outcome([&] { return io::check(path), true; });
    };
    CHECK(result(bytes) == "right");
    const std::string whole_reference = [&] {  // of the first text: length, address, number
      std::string r(16, '\0');
      r = with(r, 0, size, 4), r = with(r, 4, collection, 8);
      return with(r, 12, 1, 4);
    }();
    const std::size_t reference = bytes.find(whole_reference);
    REQUIRE(reference != std::string::npos);
    CHECK(result(with(bytes, reference, size - 1, 4)) == "refused");
    CHECK(result(with(bytes, reference, 1 << 20, 4)) == "refused");
    CHECK(result(with(bytes, reference + 12, 4, 4)) == "refused");
    CHECK(result(with(bytes, reference + 12, 1 << 20, 4)) == "refused");
    CHECK(result(with(bytes, reference + 12, 0, 4)) == "refused");
    CHECK(result(with(bytes, reference + 4, collection + 16, 8)) == "refused");
    CHECK(result(with(bytes, reference + 4, 1 << 30, 8)) == "refused");
    CHECK(result(with(bytes, first + 8, size + 1, 8)) == "refused");
    CHECK(result(with(bytes, first + 8, 3000, 8)) == "refused");   // copied into room for 4,096 bytes
    CHECK(result(with(bytes, first + 8, 60000, 8)) == "refused");  // copied beyond it
    CHECK(result(with(bytes, second, 1, 2)) == "refused");         // two texts of one number
    CHECK(result(with(bytes, collection + 8, 64, 8)) == "refused");
    CHECK(result(with(bytes, collection + 8, 1 << 30, 8)) == "refused");
  }

  TEST_CASE("hostile: texts of variable length where references cannot be followed are refused") {
    const Temporary folder;
    write_texts(folder / "fill.h5", 0, "x");
    CHECK(outcome([&] { return io::check(folder / "fill.h5"), true; }) == "refused");
    write_texts(folder / "block.h5", 512);
    CHECK(outcome([&] { return io::check(folder / "block.h5"), true; }) == "refused");
    write_texts(folder / "short.h5", 0, nullptr, 4);
    CHECK(outcome([&] { return io::check(folder / "short.h5"), true; }) == "refused");
  }
}
