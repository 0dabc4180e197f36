// What the option "encoder" may be.
#pragma once
#include <string>
#include <vector>

namespace pfm {

struct EncoderName {
  std::string name, about;
};
std::vector<EncoderName>
encoder_names();  // convolutions (encoders/convolutions.h), which are stacked; graph-transformer
void expect_encoder(const std::string& name);  // another name is the user's fault; the text lists the known ones

}  // namespace pfm
