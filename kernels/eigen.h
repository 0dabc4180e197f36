// The only way to Eigen: matrices of ours as Eigen sees them.
#pragma once
#include <pfm/kernels/matrix.h>

#define EIGEN_DONT_PARALLELIZE  // its threads are OpenMP's; ours are in parallel.h
#include <Eigen/Dense>

namespace pfm {

using EigenMatrix = Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

inline Eigen::Map<EigenMatrix> eigen(Matrix& m) { return {m.data(), m.rows(), m.cols()}; }
inline Eigen::Map<const EigenMatrix> eigen(const Matrix& m) { return {m.data(), m.rows(), m.cols()}; }

}  // namespace pfm
