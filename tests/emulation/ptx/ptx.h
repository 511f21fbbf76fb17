// An interpreter of PTX: executes on the CPU what nvcc made of the kernels, so that its bits can be compared.
//
//   parse.cpp         the text of a module -> kernels, decoded once
//   instructions.cpp  the table of opcodes: exactly those of the contract, and, if asked, some that break it
//   run.cpp           blocks, warps and lanes; barriers and shuffles; the report; launch(), which the emulation calls
//
// A register is a row of 32 values, one for each lane of a warp, as wide as its type; a predicate is a mask of 32 bits.
// Constants and special registers (%tid.x) are rows, too, so an instruction knows nothing but offsets of rows. Lanes
// that a branch parts are groups with an instruction each, so divergence is a matter of speed only.
//
//   ELBO4J_PTX              folder of .ptx files, and of folders with them: kernels are those, not what g++ made
//   ELBO4J_PTX_REPORT       appends, for each kernel: launches, instructions executed (of all lanes), fma executed, fma
//                           in the text, instructions that ran at least once, instructions
//   ELBO4J_PTX_UNCOVERED=1  and the instructions of executed kernels that never ran
//   ELBO4J_PTX_LANES=1      lanes run one by one in random order instead of in step: finds a missing barrier of a warp
//   ELBO4J_PTX_NAN          what float arithmetic returns as NaN: hexadecimal (7fffffff, as GPUs do), or host
//   ELBO4J_PTX_READ_ONLY=1  an error where a launch writes what its ld.global.nc has read, or the other way round
//   ELBO4J_PTX_LOOSE=1      also executes what the contract excludes, for planted faults (plant.py)
//   ELBO4J_EMULATION_SEED   of the order of blocks, warps and lanes
//
// Checked beside bits: number, offsets and sizes of the parameters against those that g++ lays out; alignment of every
// access; bounds of shared memory, which is filled with NaN before each block; that all lanes which a shuffle or a
// barrier names come there; that whoever a block's barrier waits for has not returned.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace elbo4j::emulation::ptx {

constexpr int lanes = 32;
constexpr uint32_t everyone = ~0u;
constexpr uint32_t none = ~0u;  // no such row

// ---- a decoded kernel ----

struct Instruction;
using Handler = void (*)(char* registers, const Instruction&, uint32_t mask);

enum class Kind : uint8_t { PLAIN, BRANCH, BLOCK_BARRIER, WARP_BARRIER, SHUFFLE, RETURN };

struct Instruction {
  Handler run = nullptr;  // of a plain one
  uint32_t guard = none;  // its predicate
  uint32_t d[4] = {};     // rows of the destinations; of a store, of what is stored
  uint32_t s[4] = {};     // of the sources; of a load or store, of the address
  int64_t offset = 0;     // of an address
  uint32_t target = 0;    // of a branch: an index
  uint32_t mode = 0;      // what the handler makes of it
  Kind kind = Kind::PLAIN;
  bool negated = false;    // the guard
  bool fused = false;      // an fma, for the report
  bool read_only = false;  // ld.global.nc
  int line = 0;
  std::string text;
  mutable uint64_t executed = 0;  // summed over lanes
};

enum class Special : uint8_t { TID, NTID, CTAID, NCTAID, LANE };

struct Parameter {
  size_t offset, size;
};

struct Kernel {
  std::string name, file;  // the name as g++ mangles it
  std::vector<Parameter> parameters;
  std::vector<Instruction> code;
  struct SpecialRow {
    uint32_t row;
    Special what;
    int axis;
  };
  std::vector<SpecialRow> specials;
  std::vector<char> initial;    // rows before anything has run: constants, else all ones
  std::vector<char> arguments;  // the .param space; its address is a constant of the code
  uint32_t shared_bytes = 0;
  uint32_t most_threads = 1024;  // .maxntid
  uint64_t launches = 0;
  std::vector<char*> warps;  // register files

  char* argument_space() {
    return reinterpret_cast<char*>((reinterpret_cast<uintptr_t>(arguments.data()) + 63) / 64 * 64);
  }
};

// ---- opcodes ----

enum class Width : uint8_t { PREDICATE, B16, B32, B64 };

// Of a row.
inline size_t bytes_of(Width w) {
  return w == Width::PREDICATE ? 4 : lanes * (w == Width::B16 ? 2 : w == Width::B32 ? 4 : 8);
}

struct Opcode {
  Handler run;
  std::vector<Width> operands;  // the destination first
  uint32_t mode = 0;
};

// Or null.
const Opcode* find_opcode(const std::string& name);
// Loads and stores: registers of this width. Null if there is no such.
Handler find_access(bool store, const std::string& space, const std::string& type, int count, Width registers);

// ---- parse.cpp ----

// As g++ mangles what is in a namespace without a name; another file may have the same, so files are named with these.
constexpr const char* local = "12_GLOBAL__N_1";
inline std::string in_file(const std::string& file, const std::string& name) {
  return file.substr(0, file.find('.')) + ":" + name;
}

// Kernels of all .ptx files of the folder, by name.
using Kernels = std::map<std::string, std::unique_ptr<Kernel>>;
Kernels load(const std::string& folder);

// ---- run.cpp ----

extern char* shared_memory;
extern uint32_t shared_size;
// ELBO4J_PTX_NAN: what an arithmetic instruction of float returns as NaN is (x & nan_keep) | nan_set.
extern uint32_t nan_keep, nan_set;

// ELBO4J_PTX_READ_ONLY=1: what ld.global.nc reads, the same launch must not write.
extern bool watched;
void watch(const Instruction& at, uint64_t address, size_t bytes, bool is_store);

[[noreturn]] void fail(const std::string& what);
// While an instruction runs: says which.
[[noreturn]] void fail_here(const Instruction& at, const std::string& what);

}  // namespace elbo4j::emulation::ptx
