// Interpolated Kneser-Ney smoothing over characters (Kneser & Ney 1995; Chen & Goodman 1999, eq. 24): what counting
// gives a language model to beat.
#pragma once
#include <pfm/selfsup/code_length.h>

#include <vector>

namespace pfm {

// Learns from `documents` (UTF-8) how likely a character is after the `order` - 1 before it. One that none of them
// holds costs as much as naming a code point.
TextLikelihood kneser_ney(const std::vector<std::string>& documents, int order);

// Of a character that a vocabulary lacks: to name one of 1,114,112 code points, in nats.
double code_point_nats();

// The documents as one text, a blank line between two; code points.
std::u32string joined_documents(std::span<const std::string> documents);

}  // namespace pfm
