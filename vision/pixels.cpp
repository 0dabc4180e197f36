#include <pfm/encoders/patches.h>
#include <pfm/kernels/rows.h>
#include <pfm/vision/pixels.h>

#include <cmath>

namespace pfm {

std::function<Batch(const Batch&)> standardised_pixels(const Params& p, const Dataset& data,
                                                       const std::string& method) {
  const Offset channels = image_shape(data.all, method).channels;
  const Matrix means = column_means(data.all.x.dense()), variances = column_variances(data.all.x.dense(), means);
  Var mean = p.state("mean", 1, channels), deviation = p.state("deviation", 1, channels, 1);
  for (Offset c = 0; c < channels; ++c) {
    mean.value()(0, c) = means(0, c);
    if (variances(0, c) > 0) deviation.value()(0, c) = std::sqrt(variances(0, c));
  }
  return [=](const Batch& images) {
    const ImageShape shape = image_shape(images, method);
    if (shape.channels != channels)
      throw Error(Fault::input, method + " was made for images of " + std::to_string(channels) +
                                    " channels, these have " + std::to_string(shape.channels));
    const Matrix &x = images.x.dense(), &m = mean.value(), &d = deviation.value();
    Matrix out(x.rows(), x.cols());
    parallel_for(x.rows(), 16384, [&](Offset begin, Offset end) {
      for (Offset i = begin; i < end; ++i)
        for (Offset c = 0; c < channels; ++c) out(i, c) = (x(i, c) - m(0, c)) / d(0, c);
    });
    Batch prepared = images;
    prepared.x = std::move(out);
    return prepared;
  };
}

}  // namespace pfm
