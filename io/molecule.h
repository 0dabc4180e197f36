// One molecule as RDKit reads it from a SMILES string. RDKit is an optional part of the build.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pfm::io {

struct Molecule {
  enum class Chirality : std::uint8_t { unspecified, clockwise, counterclockwise, other };
  enum class Order : std::uint8_t { simple, twofold, threefold, aromatic, other };  // other: dative, fourfold, ..
  enum class Direction : std::uint8_t { none, up, down };                           // of a bond beside a double one
  struct Atom {
    std::uint8_t number;  // atomic number, 0 = none ("*")
    Chirality chirality;
  };
  struct Bond {
    std::int32_t from, to;  // atoms
    Order order;
    Direction direction;
  };
  std::vector<Atom> atoms;  // in the order of the string; hydrogens only where they are atoms in it
  std::vector<Bond> bonds;
  // Bemis-Murcko, as SMILES with chirality; empty without rings, the molecule itself where it has over 500 atoms.
  std::string scaffold;
};

bool reads_smiles();  // whether this build has RDKit

// None where RDKit refuses it (grammar, valences, aromatic rings that cannot be drawn with double bonds), where it is
// empty or has more than 5,000 bytes or 1,000 atoms. Without RDKit: Error(Fault::usage) that says how to get it.
// Thread-safe.
std::optional<Molecule> parse_smiles(const std::string& smiles);

}  // namespace pfm::io
