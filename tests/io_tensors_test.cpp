// Safetensors and embeddings: there and back, byte for byte; headers that lie.
#include <pfm/io/embedding.h>
#include <pfm/io/safetensors.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "same_dataset.h"
#include "temporary.h"

using namespace pfm;

namespace {

std::string safetensors(const std::string& header, std::size_t data) {
  const std::uint64_t size = header.size();
  std::string file(8, '\0');
  std::memcpy(file.data(), &size, 8);
  return file + header + std::string(data, '\0');
}

}  // namespace

TEST_SUITE("io") {
  TEST_CASE("safetensors: tensors and texts come back as they were") {
    const Temporary folder;
    std::map<std::string, Matrix> values;
    values.emplace("encoder.weight", Matrix(2, 3, {1, Real(-2.5), 3, Real(1e-30), 5, 6}));
    values.emplace("empty", Matrix(0, 4));
    values.emplace("nan", Matrix(1, 1, {std::numeric_limits<Real>::quiet_NaN()}));
    const std::map<std::string, std::string> metadata{{"step", "12"}, {"options", "{\"a\": 1}"}, {"Å", ""}};
    io::write_safetensors(folder / "m.safetensors", pointers(values), metadata);
    const io::Tensors back = io::read_safetensors(folder / "m.safetensors");
    CHECK(back.metadata == metadata);
    CHECK(back.matrices.size() == 3);
    CHECK(same(back.matrices.at("encoder.weight"), values.at("encoder.weight")));
    CHECK(back.matrices.at("empty").same_shape(values.at("empty")));
    CHECK(std::isnan(back.matrices.at("nan")(0, 0)));
    const std::string bytes = content_of(folder / "m.safetensors");
    io::write_safetensors(folder / "n.safetensors", pointers(back.matrices), back.metadata);
    CHECK(bytes == content_of(folder / "n.safetensors"));
    CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 2);
  }

  TEST_CASE("safetensors: both number types, other ranks") {
    const Temporary folder;
    std::string file = safetensors(
        R"({"a":{"dtype":"F64","shape":[3],"data_offsets":[0,24]},"b":{"dtype":"F32","shape":[],"data_offsets":[24,28]},)"
        R"("c":{"dtype":"F32","shape":[2,1,2],"data_offsets":[28,44]}})",
        44);
    const double third = 7;
    std::memcpy(file.data() + file.size() - 44 + 16, &third, 8);
    put(folder / "m.safetensors", file);
    const io::Tensors back = io::read_safetensors(folder / "m.safetensors");
    CHECK(same(back.matrices.at("a"), Matrix(1, 3, {0, 0, 7})));
    CHECK(same(back.matrices.at("b"), Matrix(1, 1, {0})));
    CHECK(same(back.matrices.at("c"), Matrix::zeros(2, 2)));
  }

  TEST_CASE("safetensors: halves and whole numbers of other programs") {
    const Temporary folder;
    std::string file = safetensors(
        R"({"h":{"dtype":"F16","shape":[6],"data_offsets":[0,12]},"b":{"dtype":"BF16","shape":[2],"data_offsets":[12,16]},)"
        R"("i":{"dtype":"I64","shape":[2],"data_offsets":[16,32]}})",
        32);
    const auto store = [&](std::size_t at, auto values) {
      std::memcpy(file.data() + file.size() - 32 + at, values.data(), values.size() * sizeof values[0]);
    };
    store(0, std::vector<std::uint16_t>{0x3C00, 0xC000, 0x0001, 0x7BFF, 0x3555, 0x7C00});
    store(12, std::vector<std::uint16_t>{0x3F80, 0xC2F7});
    store(16, std::vector<std::int64_t>{511, -3});
    put(folder / "m.safetensors", file);
    const auto back = io::read_safetensors(folder / "m.safetensors").matrices;
    CHECK(same(
        back.at("h"),
        Matrix(1, 6, {1, -2, Real(std::ldexp(1.0, -24)), 65504, Real(1365 * std::ldexp(1.0, -12)), Real(HUGE_VAL)})));
    CHECK(same(back.at("b"), Matrix(1, 2, {1, Real(-123.5)})));
    CHECK(same(back.at("i"), Matrix(1, 2, {511, -3})));
    store(16, std::vector<std::int64_t>{(std::int64_t(1) << 53) + 1, 0});
    put(folder / "m.safetensors", file);
    CHECK_THROWS_WITH_AS(io::read_safetensors(folder / "m.safetensors"), doctest::Contains("whole numbers of at most"),
                         Error);
  }

  TEST_CASE("safetensors: a header is not trusted") {
    const Temporary folder;
    const std::string good = R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})";
    put(folder / "good", safetensors(good, 8));
    CHECK(io::read_safetensors(folder / "good").matrices.size() == 1);
    struct Case {
      const char *what, *says;
      std::string file;
    };
    const std::vector<Case> cases{
        {"empty", "shorter than 8 bytes", ""},
        {"no header", "a header of 18446744073709551615 bytes", std::string(8, '\xff')},
        {"header beyond the file", "in a file of 20", safetensors(good, 8).substr(0, 20)},
        {"not JSON", "not a JSON object", safetensors("{\"a\":", 8)},
        {"an array", "not a JSON object", safetensors("[1]", 0)},
        {"a deep one", "not a JSON object", safetensors(std::string(100000, '['), 0)},
        {"truncated data", "of the 7 that the file has", safetensors(good, 7)},
        {"more data", "found 9 bytes of data, expected 8", safetensors(good, 9)},
        {"size of 2^63", "an impossible shape [9223372036854775808]",
         safetensors(R"({"a":{"dtype":"F32","shape":[9223372036854775808],"data_offsets":[0,8]}})", 8)},
        {"a product that wraps", "an impossible shape",
         safetensors(R"({"a":{"dtype":"F32","shape":[4294967296,4294967296,2],"data_offsets":[0,8]}})", 8)},
        {"negative", "a shape of sizes", safetensors(R"({"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}})", 8)},
        {"end before begin", "bytes [8, 0)",
         safetensors(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}})", 8)},
        {"offsets beyond", "bytes [8, 16)",
         safetensors(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}})", 8)},
        {"wrong type", "found type \"U64\"",
         safetensors(R"({"a":{"dtype":"U64","shape":[1],"data_offsets":[0,8]}})", 8)},
        {"type is no text", "found type 4", safetensors(R"({"a":{"dtype":4,"shape":[1],"data_offsets":[0,8]}})", 8)},
        {"wrong length", "found 8 bytes, expected 3 numbers of 4",
         safetensors(R"({"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}})", 8)},
        {"overlap", "'b' begins at byte 4, expected 8",
         safetensors(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},)"
                     R"("b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})",
                     8)},
        {"hole", "'a' begins at byte 4, expected 0",
         safetensors(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})", 8)},
        {"twice", "names a tensor twice",
         safetensors(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},)"
                     R"("a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})",
                     8)},
        {"metadata of numbers", "metadata 'step' is not a text", safetensors(R"({"__metadata__":{"step":1}})", 0)},
        {"not UTF-8", "not a JSON object",
         safetensors("{\"\xff\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 8)},
    };
    for (const Case& c : cases) {
      INFO(c.what);
      put(folder / "bad", c.file);
      CHECK_THROWS_WITH_AS(io::read_safetensors(folder / "bad"), doctest::Contains(c.says), Error);
    }
  }

  TEST_CASE("embeddings come back from .h5, .npy and .txt") {
    const Temporary folder;
    const Matrix rows(3, 2, {1, Real(0.1), Real(-1e-7), Real(3e20), 5, Real(1) / 3});
    const std::vector<std::string> names{"a", "Å", "c"};
    for (const char* file : {"e.h5", "e.npy", "e.txt"}) {
      INFO(file);
      for (const auto& given : {std::vector<std::string>{}, names}) {
        io::write_embedding(folder / file, rows, given);
        const io::Embedding back = io::read_embedding(folder / file);
        CHECK(same(back.rows, rows));
        CHECK(back.names == (file == std::string("e.npy") ? std::vector<std::string>{} : given));
        const std::string bytes = content_of(folder / file);
        io::write_embedding(folder / file, rows, given);
        CHECK(bytes == content_of(folder / file));
      }
    }
    CHECK(content_of(folder / "e.txt").starts_with("3 2\na 1 0.1\n"));
    CHECK_THROWS_AS(io::write_embedding(folder / "e.csv", rows), Error);
    CHECK_THROWS_AS(io::write_embedding(folder / "e.txt", rows, {"a b", "c", "d"}), Error);
    const Matrix infinite(1, 1, {std::numeric_limits<Real>::infinity()});
    for (const char* file : {"i.h5", "i.npy", "i.txt"}) {
      INFO(file);
      io::write_embedding(folder / file, infinite);
      CHECK_THROWS_AS(io::read_embedding(folder / file), Error);
    }
  }
}
