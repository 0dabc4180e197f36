// A folder as HeCo lays it out, small enough to check by hand: 3 authors, 4 papers, 2 venues, 3 terms, no aptpa.npz.
#pragma once
#include <pfm/io/npy.h>
#include <pfm/io/zip.h>

#include <cstring>
#include <string>
#include <vector>

#include "temporary.h"

template <class T>
std::string npy_file(const char* code, const std::vector<T>& values, const std::string& shape = "") {
  const std::string sizes = shape.empty() ? "(" + std::to_string(values.size()) + ",)" : shape;
  return pfm::io::npy_of(code, sizes, {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)});
}

// scipy's coo_matrix with int32 places and double values.
inline void put_scipy(const std::filesystem::path& path, std::int64_t rows, std::int64_t cols,
                      const std::vector<std::int32_t>& row, const std::vector<std::int32_t>& col,
                      const std::vector<double>& data) {
  pfm::io::write_zip(path, {{"row.npy", npy_file("<i4", row)},
                            {"col.npy", npy_file("<i4", col)},
                            {"data.npy", npy_file("<f8", data)},
                            {"shape.npy", npy_file("<i8", std::vector<std::int64_t>{rows, cols})},
                            {"format.npy", pfm::io::npy_of("|S3", "()", "coo")}});
}

inline void put_heco(const std::filesystem::path& folder) {
  put(folder / "pa.txt", "0\t0\n1\t1\n2\t1\n3\t2\n");
  put(folder / "pc.txt", "0 0\n1 0\n2 0\n3 1\n");
  put(folder / "pt.txt", "0 0\n1 0\n2 1\n3 1\n0 0\n");
  put(folder / "labels.npy", npy_file("<f8", std::vector<double>{0, 1, 0}));
  put(folder / "train_20.npy", npy_file("<i8", std::vector<std::int64_t>{2}));
  put(folder / "val_20.npy", npy_file("<i8", std::vector<std::int64_t>{0, 1}));
  put_scipy(folder / "a_feat.npz", 3, 2, {0, 1}, {0, 1}, {1, 3});
  put(folder / "t_feat.npz", npy_file("<f8", std::vector<double>{5, 0, 0, 0, 6, 7}, "(3, 2)"));
  put_scipy(folder / "apcpa.npz", 3, 3, {0, 0, 1, 1, 2}, {0, 1, 0, 1, 2}, {1, 2, 2, 4, 1});
  put_scipy(folder / "pos.npz", 3, 3, {0, 1, 2}, {0, 1, 2}, {1, 1, 1});
}

// One that HeCo can train on: 8 papers of two classes, two an author, four a subject.
inline void put_small_acm(const std::filesystem::path& folder) {
  std::string authors, subjects;
  for (int i = 0; i < 8; ++i) {
    authors += std::to_string(i) + " " + std::to_string(i / 2) + "\n";
    subjects += std::to_string(i) + " " + std::to_string(i / 4) + "\n";
  }
  put(folder / "pa.txt", authors), put(folder / "ps.txt", subjects);
  const auto put_pairs = [&](const char* name, int together) {
    std::vector<std::int32_t> row, col;
    for (int i = 0; i < 8; ++i)
      for (int j = i / together * together; j < (i / together + 1) * together; ++j) row.push_back(i), col.push_back(j);
    put_scipy(folder / name, 8, 8, row, col, std::vector<double>(row.size(), 1));
  };
  put_pairs("pap.npz", 2), put_pairs("psp.npz", 4), put_pairs("pos.npz", 2);
  put(folder / "labels.npy", npy_file("<f8", std::vector<double>{0, 0, 0, 0, 1, 1, 1, 1}));
  for (const char* count : {"20", "40", "60"}) {
    const auto put_part = [&](const char* part, const std::vector<std::int64_t>& items) {
      put(folder / (std::string(part) + "_" + count + ".npy"), npy_file("<i8", items));
    };
    put_part("train", {0, 4}), put_part("val", {1, 5}), put_part("test", {2, 3, 6, 7});
  }
}
