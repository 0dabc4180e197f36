#include <pfm/encoders/convolutions.h>
#include <pfm/encoders/encoder_names.h>

namespace pfm {

std::vector<EncoderName> encoder_names() {
  std::vector<EncoderName> all;
  for (const ConvolutionKind& kind : convolution_kinds()) all.push_back({kind.name, kind.about});
  all.push_back(
      {"graph-transformer",
       "a node attends to all of its sample or along edges, with positions and distances (Ying et al. 2021)"});
  return all;
}

void expect_encoder(const std::string& name) {
  std::string known;
  for (const EncoderName& one : encoder_names()) {
    if (one.name == name) return;
    known += (known.empty() ? "" : ", ") + one.name;
  }
  throw Error(Fault::usage, "encoder: expected one of " + known + ", got \"" + name + "\"");
}

}  // namespace pfm
