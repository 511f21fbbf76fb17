// How a kernel runs: blocks one after the other in some order; the warps of a block one after the other, in random
// order, each until all its lanes wait at a barrier or have returned; the lanes of a warp as groups that are at the
// same instruction. The group furthest back in the text goes first, so groups that a branch has parted meet again.
//
// With ELBO4J_PTX_LANES=1 each lane runs alone, in random order, until it waits: what depends on lanes being in step,
// as with a missing barrier of a warp, comes out wrong.
#define ELBO4J_EMULATION_HOST_ONLY
#include "cuda_runtime.h"

#include <dlfcn.h>
#include <elf.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <numeric>
#include <sstream>

#include "ptx.h"

namespace elbo4j::emulation::ptx {

char* shared_memory;
uint32_t shared_size;
uint32_t nan_keep = 0, nan_set = 0x7fffffff;
bool watched;

namespace {

const char* environment(const char* name) {
  const char* text = std::getenv(name);
  return text && *text ? text : nullptr;
}

// ---- where it is, for messages ----

const Kernel* running;
uint3 at_block;

// ---- memory that is only read ----

std::unordered_map<uint64_t, int>& words = *new std::unordered_map<uint64_t, int>;  // 1: read by .nc, 2: written

// ---- chance ----

unsigned random_below(unsigned n) {
  static uint64_t state = [] {
    const char* seed = environment("ELBO4J_EMULATION_SEED");
    return ((seed ? std::strtoull(seed, nullptr, 0) : 1) + 1) * 0x9E3779B97F4A7C15u | 1;
  }();
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return (unsigned)((state >> 32) * n >> 32);
}

// ---- warps ----

bool alone;  // ELBO4J_PTX_LANES

enum class State : uint8_t { READY, AT_WARP, AT_BLOCK };

struct Group {
  uint32_t at, mask;
  State state;
};

struct Warp {
  char* registers;
  uint32_t live;  // lanes that have not returned
  std::vector<Group> groups;
};

uint32_t predicate(const char* registers, const Instruction& i) {
  const uint32_t mask = *reinterpret_cast<const uint32_t*>(registers + i.guard);
  return i.negated ? ~mask : mask;
}

void shuffle(char* r, const Instruction& i, uint32_t mask) {
  const auto row = [&](uint32_t from) { return reinterpret_cast<uint32_t*>(r + from); };
  const uint32_t *a = row(i.s[0]), *b = row(i.s[1]), *c = row(i.s[2]);
  uint32_t values[lanes], inside = 0;
  for (int l = 0; l < lanes; l++) {
    const int flip = b[l] & 31, clamp = c[l] & 31, segment = c[l] >> 8 & 31;
    const int last = (l & segment) | (clamp & ~segment), first = l & segment;
    int from = l;
    bool in = false;
    switch (i.mode) {
      case 0:
        from = l - flip, in = from >= last;
        break;
      case 1:
        from = l + flip, in = from <= last;
        break;
      case 2:
        from = l ^ flip, in = from <= last;
        break;
      case 3:
        from = first | (flip & ~segment), in = from <= last;
        break;
    }
    if (!in) from = l;
    if ((mask >> l & 1) && !(mask >> from & 1)) fail_here(i, "a shuffle from a lane that does not take part");
    values[l] = a[from];
    inside |= (uint32_t)in << l;
  }
  for (uint32_t rest = mask; rest; rest &= rest - 1) row(i.d[0])[__builtin_ctz(rest)] = values[__builtin_ctz(rest)];
  if (i.d[1] != none) *row(i.d[1]) = (*row(i.d[1]) & ~mask) | (inside & mask);
}

// Takes the group that runs next, with those at the same instruction. False if none is ready.
bool take(Warp& warp, Group& group) {
  auto& groups = warp.groups;
  int chosen = -1;
  unsigned ready = 0;
  for (size_t n = 0; n < groups.size(); n++) {
    if (groups[n].state != State::READY) continue;
    ready++;
    if (chosen < 0 || (alone ? random_below(ready) == 0 : groups[n].at < groups[chosen].at)) chosen = (int)n;
  }
  if (chosen < 0) return false;
  group = groups[chosen];
  groups.erase(groups.begin() + chosen);
  if (!alone)
    for (size_t n = 0; n < groups.size();) {
      if (groups[n].at == group.at && groups[n].state != State::AT_BLOCK)
        group.mask |= groups[n].mask, groups.erase(groups.begin() + n);
      else
        n++;
    }
  return true;
}

// Until no lane can run.
void run(Warp& warp, const Kernel& kernel) {
  const Instruction* const code = kernel.code.data();
  char* const r = warp.registers;
  auto& groups = warp.groups;
  for (Group g; take(warp, g);) {
    for (;;) {
      const Instruction& i = code[g.at];
      uint32_t active = g.mask;
      if (i.guard != none) active &= predicate(r, i);
      i.executed += (uint32_t)__builtin_popcount(active);
      if (i.kind == Kind::PLAIN) {
        if (active) i.run(r, i, active);
        g.at++;
        if (!groups.empty() && !alone) {  // does it meet another?
          bool meets = false;
          for (const Group& other : groups) meets |= other.at == g.at && other.state != State::AT_BLOCK;
          if (meets) {
            groups.push_back({g.at, g.mask, State::READY});
            break;
          }
        }
        continue;
      }
      const uint32_t others = g.mask & ~active;
      if (i.kind == Kind::BRANCH) {
        if (others && active) {
          groups.push_back({i.target, active, State::READY});
          groups.push_back({g.at + 1, others, State::READY});
          break;
        }
        g.at = active ? i.target : g.at + 1;
        if (!groups.empty() && !alone) {
          groups.push_back({g.at, g.mask, State::READY});
          break;
        }
        continue;
      }
      // The rest: lanes that the guard holds back go on.
      if (!active) {
        groups.push_back({g.at + 1, g.mask, State::READY});
        break;
      }
      if (others) groups.push_back({g.at + 1, others, State::READY});
      if (i.kind == Kind::RETURN) {
        warp.live &= ~active;
        break;
      }
      if (i.kind == Kind::BLOCK_BARRIER) {
        groups.push_back({g.at + 1, active, State::AT_BLOCK});
        break;
      }
      // A shuffle or barrier of a warp: when all that it names are here.
      const uint32_t named = reinterpret_cast<const uint32_t*>(r + i.s[3])[__builtin_ctz(active)];
      for (size_t n = 0; n < groups.size();) {
        if (groups[n].state == State::AT_WARP && groups[n].at == g.at)
          active |= groups[n].mask, groups.erase(groups.begin() + n);
        else
          n++;
      }
      if (named & ~warp.live) fail_here(i, "names a lane that has returned");
      if (active & ~named) fail_here(i, "does not name a lane that executes it");
      if (named & ~active) {
        groups.push_back({g.at, active, State::AT_WARP});
        break;
      }
      if (i.kind == Kind::SHUFFLE) shuffle(r, i, active);
      if (alone) {
        for (uint32_t rest = active; rest; rest &= rest - 1)
          groups.push_back({g.at + 1, rest & (0 - rest), State::READY});
      } else {
        groups.push_back({g.at + 1, active, State::READY});
      }
      break;
    }
  }
}

// ---- blocks ----

unsigned along(int axis, const dim3& of) { return axis == 0 ? of.x : axis == 1 ? of.y : of.z; }

// Rows that are the same for all lanes.
void fill(const Kernel& kernel, char* registers, Special what, const dim3& value) {
  for (const Kernel::SpecialRow& special : kernel.specials)
    if (special.what == what)
      std::fill_n(reinterpret_cast<uint32_t*>(registers + special.row), lanes, along(special.axis, value));
}

void prepare(Kernel& kernel, unsigned warps, dim3 grid, dim3 block) {
  while (kernel.warps.size() < warps) {
    char* registers = static_cast<char*>(std::aligned_alloc(64, (kernel.initial.size() + 63) / 64 * 64));
    std::memcpy(registers, kernel.initial.data(), kernel.initial.size());
    kernel.warps.push_back(registers);
  }
  for (unsigned w = 0; w < warps; w++) {
    char* r = kernel.warps[w];
    fill(kernel, r, Special::NTID, block), fill(kernel, r, Special::NCTAID, grid);
    for (const Kernel::SpecialRow& special : kernel.specials) {
      uint32_t* row = reinterpret_cast<uint32_t*>(r + special.row);
      for (unsigned l = 0; l < lanes; l++) {
        const unsigned thread = w * lanes + l;
        if (special.what == Special::LANE) row[l] = l;
        if (special.what == Special::TID)
          row[l] = along(special.axis, {thread % block.x, thread / block.x % block.y, thread / (block.x * block.y)});
      }
    }
  }
}

void run_block(Kernel& kernel, std::vector<Warp>& warps, unsigned threads) {
  std::memset(shared_memory, 0xff, shared_size);
  const dim3 at(at_block.x, at_block.y, at_block.z);
  for (size_t w = 0; w < warps.size(); w++) {
    Warp& warp = warps[w];
    warp.registers = kernel.warps[w];
    const unsigned count = std::min<unsigned>(lanes, threads - (unsigned)w * lanes);
    warp.live = count == lanes ? everyone : (1u << count) - 1;
    warp.groups.clear();
    if (alone)
      for (unsigned l = 0; l < count; l++) warp.groups.push_back({0, 1u << l, State::READY});
    else
      warp.groups.push_back({0, warp.live, State::READY});
    fill(kernel, warp.registers, Special::CTAID, at);
  }
  std::vector<unsigned> order(warps.size());
  std::iota(order.begin(), order.end(), 0);
  for (;;) {
    for (size_t n = order.size(); n > 1; n--) std::swap(order[n - 1], order[random_below((unsigned)n)]);
    unsigned waiting = 0, live = 0;
    for (unsigned w : order) {
      run(warps[w], kernel);
      live += __builtin_popcount(warps[w].live);
      for (const Group& g : warps[w].groups) {
        if (g.state == State::AT_WARP) fail_here(kernel.code[g.at], "a deadlock: waits for lanes that wait elsewhere");
        waiting += __builtin_popcount(g.mask);
      }
    }
    if (live == 0) return;
    if (waiting != threads)
      fail("a barrier for " + std::to_string(waiting) + " of " + std::to_string(threads) +
           " threads; the others have returned");
    for (Warp& warp : warps)
      for (Group& g : warp.groups) g.state = State::READY;
  }
}

// ---- names ----

// The name of a function of this library, also of a local one: from the file's table of symbols.
std::string name_of(const void* address) {
  static std::map<uint64_t, std::string>& names = *new std::map<uint64_t, std::string>;
  static std::string& read = *new std::string;
  Dl_info where;
  if (!dladdr(address, &where)) fail("no library has the kernel's address");
  if (read != where.dli_fname) {
    read = where.dli_fname;
    std::ifstream in(read, std::ios::binary);
    std::ostringstream all;
    all << in.rdbuf();
    const std::string file = all.str();
    const auto at = [&](uint64_t offset) { return file.data() + offset; };
    const auto* header = reinterpret_cast<const Elf64_Ehdr*>(at(0));
    const auto* sections = reinterpret_cast<const Elf64_Shdr*>(at(header->e_shoff));
    for (int s = 0; s < header->e_shnum; s++) {
      if (sections[s].sh_type != SHT_SYMTAB) continue;
      const auto* symbols = reinterpret_cast<const Elf64_Sym*>(at(sections[s].sh_offset));
      const uint64_t text = sections[sections[s].sh_link].sh_offset;
      std::string file;  // local symbols follow that of their file
      for (uint64_t n = 0; n < sections[s].sh_size / sizeof *symbols; n++) {
        const std::string name = at(text + symbols[n].st_name);
        if (ELF64_ST_TYPE(symbols[n].st_info) == STT_FILE) file = name;
        if (ELF64_ST_TYPE(symbols[n].st_info) == STT_FUNC && symbols[n].st_value)
          names[symbols[n].st_value] = name.find(local) == std::string::npos ? name : in_file(file, name);
      }
    }
    if (names.empty()) fail(read + " has no table of symbols: link it without -s");
  }
  const auto found = names.find(static_cast<const char*>(address) - static_cast<const char*>(where.dli_fbase));
  if (found == names.end()) fail("a kernel without a name");
  return found->second;
}

// ---- the library ----

double seconds;

// ELBO4J_PTX_REPORT: a line for each kernel is appended to that file when the process ends.
struct Library {
  Kernels kernels = load(environment("ELBO4J_PTX"));
  std::unordered_map<const void*, Kernel*> by_address;

  Library() {
    const char* lanes_alone = environment("ELBO4J_PTX_LANES");
    alone = lanes_alone && *lanes_alone == '1';
    if (const char* nan = environment("ELBO4J_PTX_NAN")) {
      if (std::strcmp(nan, "host") == 0)
        nan_keep = ~0u, nan_set = 0;
      else
        nan_set = (uint32_t)std::strtoul(nan, nullptr, 16);
      if ((nan_keep | nan_set) << 1 <= 0xff000000u) fail("ELBO4J_PTX_NAN is no NaN");
    }
    const char* read_only = environment("ELBO4J_PTX_READ_ONLY");
    watched = read_only && *read_only == '1';
    if (environment("ELBO4J_PTX_REPORT")) std::atexit(report);
  }

  Kernel& of(const void* address) {
    Kernel*& known = by_address[address];
    if (!known) {
      std::string name = name_of(address);
      // what native/spec defines is static for g++, whose names say so, and not for nvcc
      for (size_t at; (at = name.find("4specL")) != std::string::npos;) name.erase(at + 5, 1);
      const auto found = kernels.find(name);
      if (found == kernels.end()) fail("no .ptx file has kernel " + name);
      known = found->second.get();
    }
    return *known;
  }

  static void report();
};

Library& library() {
  static Library& it = *new Library;
  return it;
}

void Library::report() {
  std::FILE* out = std::fopen(environment("ELBO4J_PTX_REPORT"), "a");
  if (!out) return;
  std::fprintf(out, "# seconds in kernels: %.3f\n", seconds);
  std::fprintf(out, "# launches executed(of all lanes) fma-executed fma-in-text run-at-least-once in-text kernel\n");
  for (const auto& [name, kernel] : library().kernels) {
    uint64_t executed = 0, fused = 0, fused_text = 0, covered = 0;
    for (const Instruction& i : kernel->code) {
      executed += i.executed, covered += i.executed > 0;
      if (i.fused) fused += i.executed, fused_text++;
    }
    std::fprintf(out, "%llu %llu %llu %llu %llu %zu %s\n", (unsigned long long)kernel->launches,
                 (unsigned long long)executed, (unsigned long long)fused, (unsigned long long)fused_text,
                 (unsigned long long)covered, kernel->code.size() - 1, name.c_str());
    if (environment("ELBO4J_PTX_UNCOVERED") && kernel->launches)
      for (const Instruction& i : kernel->code)
        if (!i.executed && i.line)
          std::fprintf(out, "  never: %s:%d %s\n", kernel->file.c_str(), i.line, i.text.c_str());
  }
  std::fclose(out);
}

}  // namespace

void fail(const std::string& what) {
  std::fprintf(stderr, "PTX: %s\n", what.c_str());
  if (running)
    std::fprintf(stderr, "PTX: in block (%u, %u, %u) of kernel %s of %s\n", at_block.x, at_block.y, at_block.z,
                 running->name.c_str(), running->file.c_str());
  std::fflush(stderr);
  std::abort();
}

void fail_here(const Instruction& at, const std::string& what) {
  fail("line " + std::to_string(at.line) + ": " + at.text + ": " + what);
}

void watch(const Instruction& at, uint64_t address, size_t bytes, bool is_store) {
  for (uint64_t word = address / 2; word < (address + bytes) / 2; word++) {
    int& seen = words[word];
    seen |= is_store ? 2 : 1;
    if (seen == 3) fail_here(at, is_store ? "writes what ld.global.nc has read" : "reads what the launch has written");
  }
}

bool enabled() {
  static const bool is = environment("ELBO4J_PTX") != nullptr;
  return is;
}

void run(dim3 grid, dim3 block, const void* address, const Arguments& arguments) {
  const auto begin = std::chrono::steady_clock::now();
  Kernel& kernel = library().of(address);
  running = &kernel;
  kernel.launches++;
  words.clear();
  const unsigned threads = block.x * block.y * block.z;
  if (threads > kernel.most_threads) fail("more threads than .maxntid");
  if (arguments.places.size() != kernel.parameters.size()) fail("the kernel has another number of parameters");
  for (size_t n = 0; n < kernel.parameters.size(); n++) {
    const auto [offset, size] = arguments.places[n];
    if (kernel.parameters[n].offset != offset || kernel.parameters[n].size != size)
      fail("parameter " + std::to_string(n) + " is laid out in another way");
  }
  if (!arguments.bytes.empty()) std::memcpy(kernel.argument_space(), arguments.bytes.data(), arguments.bytes.size());

  static std::vector<uint64_t>& memory = *new std::vector<uint64_t>;
  memory.resize(std::max<size_t>(memory.size(), kernel.shared_bytes / 8 + 17));
  shared_memory = reinterpret_cast<char*>((reinterpret_cast<uintptr_t>(memory.data()) + 63) / 64 * 64);
  shared_size = kernel.shared_bytes;

  const unsigned count = (threads + lanes - 1) / lanes;
  prepare(kernel, count, grid, block);
  std::vector<Warp> warps(count);
  const uint64_t blocks = (uint64_t)grid.x * grid.y * grid.z;
  const unsigned some = (unsigned)std::min<uint64_t>(blocks, 0xffffffff);
  uint64_t stride = 1 + random_below(some);
  while (std::gcd(stride, blocks) != 1) stride++;
  uint64_t index = random_below(some);
  for (uint64_t n = 0; n < blocks; n++) {
    at_block = {(unsigned)(index % grid.x), (unsigned)(index / grid.x % grid.y),
                (unsigned)(index / ((uint64_t)grid.x * grid.y))};
    index = (index + stride) % blocks;
    run_block(kernel, warps, threads);
  }
  running = nullptr;
  seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

}  // namespace elbo4j::emulation::ptx
