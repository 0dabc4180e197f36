// Files of data/ as part of a program. Who includes it is compiled with PFM_DATA_FOLDER and again when a file changes
// (CMakeLists.txt).
#pragma once
#include <string_view>

// The assembler puts the bytes of a file of data/ into the library, between two labels.
#define EMBED(symbol, file)                                        \
  asm(".pushsection .rodata\n"                                     \
      ".globl pfm_data_" #symbol "\n.hidden pfm_data_" #symbol     \
      "\n"                                                         \
      ".globl pfm_end_" #symbol "\n.hidden pfm_end_" #symbol       \
      "\n"                                                         \
      "pfm_data_" #symbol ":\n.incbin \"" PFM_DATA_FOLDER "/" file \
      "\"\n"                                                       \
      "pfm_end_" #symbol ":\n.byte 0\n.popsection\n");             \
  extern "C" const char pfm_data_##symbol[], pfm_end_##symbol[];

#define EMBEDDED(symbol) std::string_view(pfm_data_##symbol, pfm_end_##symbol - pfm_data_##symbol)
