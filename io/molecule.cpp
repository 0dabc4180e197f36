// The only file that sees RDKit; PFM_RDKIT says whether it is there.
#include <pfm/io/molecule.h>
#include <pfm/kernels/error.h>

#ifdef PFM_RDKIT
#include <GraphMol/ChemTransforms/ChemTransforms.h>
#include <GraphMol/GraphMol.h>
#include <GraphMol/SmilesParse/SmilesParse.h>
#include <GraphMol/SmilesParse/SmilesWrite.h>

#include <exception>
#include <memory>
#endif

namespace pfm::io {

#ifdef PFM_RDKIT
namespace {

constexpr std::size_t longest = 5000;  // bytes: RDKit recurses over chains of atoms
// Atoms: stereochemistry and MurckoDecompose take the cube of their number.
constexpr unsigned largest = 1000, largest_decomposed = 500;

Molecule::Chirality chirality_of(const RDKit::Atom& atom) {
  switch (atom.getChiralTag()) {
    case RDKit::Atom::CHI_UNSPECIFIED:
      return Molecule::Chirality::unspecified;
    case RDKit::Atom::CHI_TETRAHEDRAL_CW:
      return Molecule::Chirality::clockwise;
    case RDKit::Atom::CHI_TETRAHEDRAL_CCW:
      return Molecule::Chirality::counterclockwise;
    default:
      return Molecule::Chirality::other;
  }
}

Molecule::Order order_of(const RDKit::Bond& bond) {
  switch (bond.getBondType()) {
    case RDKit::Bond::SINGLE:
      return Molecule::Order::simple;
    case RDKit::Bond::DOUBLE:
      return Molecule::Order::twofold;
    case RDKit::Bond::TRIPLE:
      return Molecule::Order::threefold;
    case RDKit::Bond::AROMATIC:
      return Molecule::Order::aromatic;
    default:
      return Molecule::Order::other;
  }
}

Molecule::Direction direction_of(const RDKit::Bond& bond) {
  switch (bond.getBondDir()) {
    case RDKit::Bond::ENDUPRIGHT:
      return Molecule::Direction::up;
    case RDKit::Bond::ENDDOWNRIGHT:
      return Molecule::Direction::down;
    default:
      return Molecule::Direction::none;
  }
}

std::string scaffold_of(const RDKit::ROMol& molecule) {
  if (molecule.getRingInfo()->numRings() == 0) return "";
  if (molecule.getNumAtoms() > largest_decomposed) return RDKit::MolToSmiles(molecule);
  const std::unique_ptr<RDKit::ROMol> scaffold(RDKit::MurckoDecompose(molecule));
  return scaffold ? RDKit::MolToSmiles(*scaffold) : "";
}

}  // namespace

bool reads_smiles() { return true; }

std::optional<Molecule> parse_smiles(const std::string& smiles) {
  if (smiles.empty() || smiles.size() > longest) return std::nullopt;
  try {
    RDKit::SmilesParserParams how;
    how.allowCXSMILES = how.parseName = false;
    if (smiles.size() > largest) {  // it may have too many atoms: they are counted before chemistry begins
      RDKit::SmilesParserParams raw = how;
      raw.sanitize = raw.removeHs = false;
      const std::unique_ptr<RDKit::RWMol> counted(RDKit::SmilesToMol(smiles, raw));
      if (!counted || counted->getNumAtoms() > largest) return std::nullopt;
    }
    const std::unique_ptr<RDKit::RWMol> parsed(RDKit::SmilesToMol(smiles, how));
    if (!parsed || parsed->getNumAtoms() == 0) return std::nullopt;
    Molecule result;
    for (const RDKit::Atom* atom : parsed->atoms())
      result.atoms.push_back({std::uint8_t(atom->getAtomicNum()), chirality_of(*atom)});
    for (const RDKit::Bond* bond : parsed->bonds())
      result.bonds.push_back({std::int32_t(bond->getBeginAtomIdx()), std::int32_t(bond->getEndAtomIdx()),
                              order_of(*bond), direction_of(*bond)});
    result.scaffold = scaffold_of(*parsed);
    return result;
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception&) {  // what RDKit throws of chemistry that it does not accept
    return std::nullopt;
  }
}

#else

bool reads_smiles() { return false; }

std::optional<Molecule> parse_smiles(const std::string&) {
  throw Error(Fault::usage,
              "SMILES need RDKit, and this pfm was built without it: install Debian's librdkit-dev, then run cmake and "
              "build again");
}

#endif

}  // namespace pfm::io
