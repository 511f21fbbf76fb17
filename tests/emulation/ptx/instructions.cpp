// What each opcode does. Only those that nvcc makes of this library are here: another is an error that names it, and so
// are, above all, those that the contract of equal bits excludes: .ftz, .approx, a rounding mode but .rn, and add, sub
// and mul of floats without a rounding mode, which ptxas may contract to fma. ELBO4J_PTX_LOOSE=1 executes these, too,
// to see whether a suite notices them.
//
// Compile with -ffp-contract=off -fno-strict-aliasing and with the instruction of fma, else it takes a hundred times as
// long.
#include <cfenv>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <type_traits>

#include "ptx.h"

namespace elbo4j::emulation::ptx {
namespace {

using u16 = uint16_t;
using u32 = uint32_t;
using u64 = uint64_t;
using s16 = int16_t;
using s32 = int32_t;
using s64 = int64_t;
using f32 = float;
using f64 = double;
struct pred {};

template <class T> constexpr Width width_of() {
  if constexpr (std::is_same_v<T, pred>)
    return Width::PREDICATE;
  else
    return sizeof(T) == 2 ? Width::B16 : sizeof(T) == 4 ? Width::B32 : Width::B64;
}

// ---- values ----

u32 bits(f32 x) { return __builtin_bit_cast(u32, x); }
f32 number(u32 x) { return __builtin_bit_cast(f32, x); }

// The float that an arithmetic instruction returns. PTX promises no payload: today's GPUs return 0x7fffffff.
template <class T> __attribute__((always_inline)) inline T result(T x) {
  if constexpr (std::is_same_v<T, f32>)
    return x != x ? number((bits(x) & nan_keep) | nan_set) : x;
  else
    return x;
}

// Shifts of PTX end at the width.
template <class T> T left(T a, u32 n) { return n < 8 * sizeof(T) ? (T)(a << n) : 0; }
template <class T> T right(T a, u32 n) {
  constexpr u32 most = 8 * sizeof(T) - 1;
  if constexpr (std::is_signed_v<T>)
    return (T)(a >> (n < most ? n : most));
  else
    return n <= most ? (T)(a >> n) : 0;
}

template <class T> T quotient(T a, T b) {
  if (b == 0) return (T) ~(T)0;  // unspecified
  if (std::is_signed_v<T> && b == (T)-1) return (T)(0 - (u64)a);
  return a / b;
}
template <class T> T remaining(T a, T b) {
  if (b == 0) return a;
  if (std::is_signed_v<T> && b == (T)-1) return 0;
  return a % b;
}

u32 insert_bits(u32 from, u32 into, u32 at, u32 count) {
  at &= 0xff, count &= 0xff;
  for (u32 i = 0; i < count && at + i < 32; i++) into = (into & ~(1u << (at + i))) | ((from >> i & 1) << (at + i));
  return into;
}
u32 extract_bits(u32 from, u32 at, u32 count) {
  at &= 0xff, count &= 0xff;
  return count == 0 || at > 31 ? 0 : (from >> at) & (count > 31 ? ~0u : (1u << count) - 1);
}
u32 permute_bytes(u32 a, u32 b, u32 selector) {
  const u64 both = a | (u64)b << 32;
  u32 to = 0;
  for (int i = 0; i < 4; i++) {
    const u32 n = selector >> (4 * i) & 15;
    u32 byte = (u32)(both >> (8 * (n & 7))) & 0xff;
    if (n & 8) byte = byte & 0x80 ? 0xff : 0;
    to |= byte << (8 * i);
  }
  return to;
}

// ---- handlers ----

// Rows are the same or apart.
#define LANES(body)                                                \
  if (mask == everyone) {                                          \
    _Pragma("GCC ivdep") for (int l = 0; l < lanes; l++) { body; } \
  } else {                                                         \
    for (u32 rest = mask; rest; rest &= rest - 1) {                \
      const int l = __builtin_ctz(rest);                           \
      body;                                                        \
    }                                                              \
  }
#define ROW(T, name, from) T* const name = reinterpret_cast<T*>(r + (from))

#define OP1(name, D, A, value)                                 \
  table[name] = {[](char* r, const Instruction& i, u32 mask) { \
                   ROW(D, d, i.d[0]);                          \
                   ROW(const A, a_, i.s[0]);                   \
                   LANES(const A a = a_[l]; d[l] = (value))    \
                 },                                            \
                 {width_of<D>(), width_of<A>()}};
#define OP2(name, D, A, B, value)                                              \
  table[name] = {[](char* r, const Instruction& i, u32 mask) {                 \
                   ROW(D, d, i.d[0]);                                          \
                   ROW(const A, a_, i.s[0]);                                   \
                   ROW(const B, b_, i.s[1]);                                   \
                   LANES(const A a = a_[l]; const B b = b_[l]; d[l] = (value)) \
                 },                                                            \
                 {width_of<D>(), width_of<A>(), width_of<B>()}};
#define OP3(name, D, A, B, C, value)                                                              \
  table[name] = {[](char* r, const Instruction& i, u32 mask) {                                    \
                   ROW(D, d, i.d[0]);                                                             \
                   ROW(const A, a_, i.s[0]);                                                      \
                   ROW(const B, b_, i.s[1]);                                                      \
                   ROW(const C, c_, i.s[2]);                                                      \
                   LANES(const A a = a_[l]; const B b = b_[l]; const C c = c_[l]; d[l] = (value)) \
                 },                                                                               \
                 {width_of<D>(), width_of<A>(), width_of<B>(), width_of<C>()}};
#define OP4(name, T, value)                                                                                          \
  table[name] = {[](char* r, const Instruction& i, u32 mask) {                                                       \
                   ROW(T, d, i.d[0]);                                                                                \
                   ROW(const T, a_, i.s[0]);                                                                         \
                   ROW(const T, b_, i.s[1]);                                                                         \
                   ROW(const T, c_, i.s[2]);                                                                         \
                   ROW(const T, e_, i.s[3]);                                                                         \
                   LANES(const T a = a_[l]; const T b = b_[l]; const T c = c_[l]; const T e = e_[l]; d[l] = (value)) \
                 },                                                                                                  \
                 {width_of<T>(), width_of<T>(), width_of<T>(), width_of<T>(), width_of<T>()}};
#define COMPARE(name, T, value)                                                            \
  table[name] = {[](char* r, const Instruction& i, u32 mask) {                             \
                   ROW(u32, d, i.d[0]);                                                    \
                   ROW(const T, a_, i.s[0]);                                               \
                   ROW(const T, b_, i.s[1]);                                               \
                   u32 found = 0;                                                          \
                   LANES(const T a = a_[l]; const T b = b_[l]; found |= (u32)(value) << l) \
                   *d = (*d & ~mask) | found;                                              \
                 },                                                                        \
                 {Width::PREDICATE, width_of<T>(), width_of<T>()}};
#define SELECT(name, T)                                                          \
  table[name] = {[](char* r, const Instruction& i, u32 mask) {                   \
                   ROW(T, d, i.d[0]);                                            \
                   ROW(const T, a, i.s[0]);                                      \
                   ROW(const T, b, i.s[1]);                                      \
                   const u32 chosen = *reinterpret_cast<const u32*>(r + i.s[2]); \
                   LANES(d[l] = chosen >> l & 1 ? a[l] : b[l])                   \
                 },                                                              \
                 {width_of<T>(), width_of<T>(), width_of<T>(), Width::PREDICATE}};
// of predicates, which are masks
#define LOGIC1(name, value)                                           \
  table[name] = {[](char* r, const Instruction& i, u32 mask) {        \
                   ROW(u32, d, i.d[0]);                               \
                   const u32 a = *reinterpret_cast<u32*>(r + i.s[0]); \
                   *d = (*d & ~mask) | ((value)&mask);                \
                 },                                                   \
                 {Width::PREDICATE, Width::PREDICATE}};
#define LOGIC2(name, value)                                           \
  table[name] = {[](char* r, const Instruction& i, u32 mask) {        \
                   ROW(u32, d, i.d[0]);                               \
                   const u32 a = *reinterpret_cast<u32*>(r + i.s[0]); \
                   const u32 b = *reinterpret_cast<u32*>(r + i.s[1]); \
                   *d = (*d & ~mask) | ((value)&mask);                \
                 },                                                   \
                 {Width::PREDICATE, Width::PREDICATE, Width::PREDICATE}};

using Table = std::unordered_map<std::string, Opcode>;

#define INTEGERS(X) X(u16) X(s16) X(u32) X(s32) X(u64) X(s64)

// Entries of a table are no statements to clang-format.
// clang-format off

void add_integers(Table& table) {
#define X(T)                                                     \
  OP2("add." #T, T, T, T, (T)((u64)a + (u64)b))                  \
  OP2("sub." #T, T, T, T, (T)((u64)a - (u64)b))                  \
  OP2("mul.lo." #T, T, T, T, (T)((u64)a * (u64)b))               \
  OP3("mad.lo." #T, T, T, T, T, (T)((u64)a * (u64)b + (u64)c))   \
  OP2("min." #T, T, T, T, a < b ? a : b)                         \
  OP2("max." #T, T, T, T, a < b ? b : a)                         \
  OP2("div." #T, T, T, T, quotient(a, b))                        \
  OP2("rem." #T, T, T, T, remaining(a, b))                            \
  OP2("shr." #T, T, T, u32, right(a, b))                         \
  COMPARE("setp.eq." #T, T, a == b) COMPARE("setp.ne." #T, T, a != b) COMPARE("setp.lt." #T, T, a < b) \
  COMPARE("setp.le." #T, T, a <= b) COMPARE("setp.gt." #T, T, a > b) COMPARE("setp.ge." #T, T, a >= b) \
  SELECT("selp." #T, T) OP1("mov." #T, T, T, a)
  INTEGERS(X)
#undef X
#define X(T) OP1("neg." #T, T, T, (T)(0 - (u64)a))
  X(s16) X(s32) X(s64)
#undef X
#define X(B, T)                                                                    \
  OP2("and." B, T, T, T, (T)(a & b)) OP2("or." B, T, T, T, (T)(a | b))              \
  OP2("xor." B, T, T, T, (T)(a ^ b)) OP1("not." B, T, T, (T)~a)                     \
  OP2("shl." B, T, T, u32, left(a, b)) OP2("shr." B, T, T, u32, right(a, b))        \
  COMPARE("setp.eq." B, T, a == b) COMPARE("setp.ne." B, T, a != b)                 \
  SELECT("selp." B, T) OP1("mov." B, T, T, a)
  X("b16", u16) X("b32", u32) X("b64", u64)
#undef X
  OP2("mul.wide.u16", u32, u16, u16, (u32)a * b)
  OP2("mul.wide.s16", s32, s16, s16, (s32)a * b)
  OP2("mul.wide.u32", u64, u32, u32, (u64)a * b)
  OP2("mul.wide.s32", s64, s32, s32, (s64)a * b)
  OP2("mul.hi.u32", u32, u32, u32, (u32)((u64)a * b >> 32))
  OP2("mul.hi.s32", s32, s32, s32, (s32)((s64)a * b >> 32))
  OP2("mul.hi.u64", u64, u64, u64, (u64)((unsigned __int128)a * b >> 64))
  OP2("mul.hi.s64", s64, s64, s64, (s64)((__int128)a * b >> 64))
  OP3("mad.wide.u32", u64, u32, u32, u64, (u64)a * b + c)
  OP3("mad.wide.s32", u64, s32, s32, u64, (u64)((s64)a * b) + c)
  OP4("bfi.b32", u32, insert_bits(a, b, c, e))
  OP3("bfe.u32", u32, u32, u32, u32, extract_bits(a, b, c))
  OP3("prmt.b32", u32, u32, u32, u32, permute_bytes(a, b, c))
  OP1("cvta.to.global.u64", u64, u64, a)
  LOGIC1("mov.pred", a) LOGIC1("not.pred", ~a)
  LOGIC2("and.pred", a & b) LOGIC2("or.pred", a | b) LOGIC2("xor.pred", a ^ b)
}

void add_conversions(Table& table) {
// also of the low bits of a wider register
#define TO(D, A)                               \
  OP1("cvt." #D "." #A, D, A, (D)a)            \
  OP1("cvt." #D "." #A "/32", D, u32, (D)(A)a) \
  OP1("cvt." #D "." #A "/64", D, u64, (D)(A)a)
#define X(A) TO(u16, A) TO(s16, A) TO(u32, A) TO(s32, A) TO(u64, A) TO(s64, A)
  INTEGERS(X)
#undef X
#define X(A) OP1("cvt.rn.f32." #A, f32, A, (f32)a) OP1("cvt.rn.f64." #A, f64, A, (f64)a)
  INTEGERS(X)
#undef X
  OP1("cvt.f64.f32", f64, f32, (f64)a)
  OP1("cvt.rn.f32.f64", f32, f64, result((f32)a))
}

void add_floats(Table& table) {
#define X(T, fused)                                                                   \
  OP2("add.rn." #T, T, T, T, result(a + b)) OP2("sub.rn." #T, T, T, T, result(a - b)) \
  OP2("mul.rn." #T, T, T, T, result(a * b)) OP2("div.rn." #T, T, T, T, result(a / b)) \
  OP3("fma.rn." #T, T, T, T, T, result(fused(a, b, c)))                               \
  OP1("sqrt.rn." #T, T, T, result(std::sqrt(a)))                                      \
  OP1("mov." #T, T, T, a) SELECT("selp." #T, T)                                       \
  COMPARE("setp.eq." #T, T, a == b) COMPARE("setp.lt." #T, T, a < b) COMPARE("setp.le." #T, T, a <= b)  \
  COMPARE("setp.gt." #T, T, a > b) COMPARE("setp.ge." #T, T, a >= b)                                    \
  COMPARE("setp.ne." #T, T, a < b || a > b)                                                             \
  COMPARE("setp.equ." #T, T, !(a < b || a > b)) COMPARE("setp.neu." #T, T, !(a == b))                   \
  COMPARE("setp.ltu." #T, T, !(a >= b)) COMPARE("setp.leu." #T, T, !(a > b))                            \
  COMPARE("setp.gtu." #T, T, !(a <= b)) COMPARE("setp.geu." #T, T, !(a < b))                            \
  COMPARE("setp.num." #T, T, a == a && b == b) COMPARE("setp.nan." #T, T, a != a || b != b)
  X(f32, __builtin_fmaf)
  X(f64, __builtin_fma)
#undef X
  OP1("rcp.rn.f32", f32, f32, result(1 / a))
  OP1("rcp.rn.f64", f64, f64, result(1 / a))
  OP2("copysign.f32", f32, f32, f32, number((bits(a) & 0x80000000u) | (bits(b) & 0x7fffffffu)))
  OP1("neg.f32", f32, f32, number(bits(a) ^ 0x80000000u))
  OP1("abs.f32", f32, f32, number(bits(a) & 0x7fffffffu))
}

// clang-format on

// Halves: parse.cpp names them pack and unpack.
void add_halves(Table& table) {
  OP2("pack.b64", u64, u32, u32, a | (u64)b << 32)
  OP2("pack.b32", u32, u16, u16, a | (u32)b << 16)
  table["unpack.b64"] = {[](char* r, const Instruction& i, u32 mask) {
                           ROW(u32, low, i.d[0]);
                           ROW(u32, high, i.d[1]);
                           ROW(const u64, a, i.s[0]);
                           LANES(const u64 v = a[l]; low[l] = (u32)v; high[l] = (u32)(v >> 32))
                         },
                         {Width::B32, Width::B32, Width::B64}};
  table["unpack.b32"] = {[](char* r, const Instruction& i, u32 mask) {
                           ROW(u16, low, i.d[0]);
                           ROW(u16, high, i.d[1]);
                           ROW(const u32, a, i.s[0]);
                           LANES(const u32 v = a[l]; low[l] = (u16)v; high[l] = (u16)(v >> 16))
                         },
                         {Width::B16, Width::B16, Width::B32}};
}

// ---- what breaks the contract ----

enum { FLUSH = 4, APPROXIMATE = 8 };  // of a mode, whose low bits are the rounding
constexpr int roundings[] = {FE_TONEAREST, FE_TOWARDZERO, FE_DOWNWARD, FE_UPWARD};

f32 flushed(f32 x, u32 mode) { return mode & FLUSH && std::fabs(x) < 0x1p-126f ? number(bits(x) & 0x80000000u) : x; }

template <char OPERATION> void loose(char* r, const Instruction& i, u32 mask) {
  ROW(f32, d, i.d[0]);
  std::fesetround(roundings[i.mode & 3]);
  for (u32 left = mask; left; left &= left - 1) {
    const int l = __builtin_ctz(left);
    volatile f32 x[3] = {};  // not computed when the rounding is another
    for (int n = 0; n < (OPERATION == 's' ? 1 : OPERATION == 'f' ? 3 : 2); n++)
      x[n] = flushed(reinterpret_cast<const f32*>(r + i.s[n])[l], i.mode);
    volatile f32 y = 0;
    if (OPERATION == '+') y = x[0] + x[1];
    if (OPERATION == '-') y = x[0] - x[1];
    if (OPERATION == '*') y = x[0] * x[1];
    if (OPERATION == '/') y = i.mode & APPROXIMATE ? x[0] * (f32)(1.0f / x[1]) : x[0] / x[1];
    if (OPERATION == 's') y = i.mode & APPROXIMATE ? 1.0f / (f32)(1.0f / std::sqrt(x[0])) : std::sqrt(x[0]);
    if (OPERATION == 'f') y = std::fma(x[0], x[1], x[2]);
    d[l] = result(flushed(y, i.mode));
  }
  std::fesetround(FE_TONEAREST);
}

void add_loose(Table& table) {
  const auto add = [&](const std::string& name, Handler run, int sources, u32 mode) {
    table.emplace(name, Opcode{run, std::vector<Width>(sources + 1, Width::B32), mode});
  };
  for (const char* name : {"add", "sub", "mul"})
    table.emplace(std::string(name) + ".f64", table.at(std::string(name) + ".rn.f64"));
  const std::string modes[] = {".rn", ".rz", ".rm", ".rp"};
  for (int rounding = 0; rounding < 4; rounding++)
    for (int flush = 0; flush < 2; flush++) {
      const std::string end = modes[rounding] + (flush ? ".ftz.f32" : ".f32");
      const u32 mode = rounding | (flush ? FLUSH : 0);
      add("add" + end, loose<'+'>, 2, mode), add("sub" + end, loose<'-'>, 2, mode);
      add("mul" + end, loose<'*'>, 2, mode), add("div" + end, loose<'/'>, 2, mode);
      add("sqrt" + end, loose<'s'>, 1, mode), add("fma" + end, loose<'f'>, 3, mode);
    }
  for (const char* flush : {"", ".ftz"}) {
    const std::string end = std::string(flush) + ".f32";
    const u32 mode = *flush ? FLUSH : 0;
    add("add" + end, loose<'+'>, 2, mode), add("sub" + end, loose<'-'>, 2, mode), add("mul" + end, loose<'*'>, 2, mode);
    add("div.approx" + end, loose<'/'>, 2, mode | APPROXIMATE);
    add("sqrt.approx" + end, loose<'s'>, 1, mode | APPROXIMATE);
  }
}

const Table& opcodes() {
  static const Table& all = []() -> const Table& {
    Table& table = *new Table;
    add_integers(table), add_conversions(table), add_floats(table), add_halves(table);
    const char* is_loose = std::getenv("ELBO4J_PTX_LOOSE");
    if (is_loose && *is_loose == '1') add_loose(table);
    return table;
  }();
  return all;
}

// ---- memory ----

enum class Space { GLOBAL, SHARED, PARAMETER };

template <Space SPACE, size_t SIZE> char* at(const char* r, const Instruction& i, int l) {
  if constexpr (SPACE == Space::SHARED) {
    const u32 address = reinterpret_cast<const u32*>(r + i.s[0])[l] + (u32)i.offset;
    if (address % SIZE) fail_here(i, "misaligned address in shared memory");
    if ((u64)address + SIZE > shared_size) fail_here(i, "address outside of shared memory");
    return shared_memory + address;
  } else {
    const u64 address = reinterpret_cast<const u64*>(r + i.s[0])[l] + (u64)i.offset;
    if (address % SIZE) fail_here(i, "misaligned address");
    return reinterpret_cast<char*>(address);
  }
}

template <Space SPACE> void tell(const char* r, const Instruction& i, u32 mask, size_t bytes, bool is_store) {
  if (SPACE != Space::GLOBAL || !watched || (!is_store && !i.read_only)) return;
  for (u32 rest = mask; rest; rest &= rest - 1)
    watch(i, reinterpret_cast<const u64*>(r + i.s[0])[__builtin_ctz(rest)] + (u64)i.offset, bytes, is_store);
}

template <Space SPACE, class M, class R, int N> void load(char* r, const Instruction& i, u32 mask) {
  tell<SPACE>(r, i, mask, N * sizeof(M), false);
  LANES(M values[N]; std::memcpy(values, at<SPACE, N * sizeof(M)>(r, i, l), sizeof values);
        for (int n = 0; n < N; n++) reinterpret_cast<R*>(r + i.d[n])[l] = (R)values[n])
}
template <Space SPACE, class M, class R, int N> void store(char* r, const Instruction& i, u32 mask) {
  tell<SPACE>(r, i, mask, N * sizeof(M), true);
  LANES(M values[N]; for (int n = 0; n < N; n++) values[n] = (M) reinterpret_cast<const R*>(r + i.d[n])[l];
        std::memcpy(at<SPACE, N * sizeof(M)>(r, i, l), values, sizeof values))
}

template <Space SPACE, class M, class R> Handler access(bool is_store, int count) {
  switch (count) {
    case 1:
      return is_store ? store<SPACE, M, R, 1> : load<SPACE, M, R, 1>;
    case 2:
      return is_store ? store<SPACE, M, R, 2> : load<SPACE, M, R, 2>;
    case 4:
      if constexpr (sizeof(M) <= 4) return is_store ? store<SPACE, M, R, 4> : load<SPACE, M, R, 4>;
  }
  return nullptr;
}
// M: of memory. A wider register gets it extended, with its sign if it has one.
template <Space SPACE, class M> Handler access(bool is_store, int count, Width registers) {
  constexpr bool has_sign = std::is_signed_v<M>;
  if (registers == Width::B64) return access<SPACE, M, std::conditional_t<has_sign, s64, u64>>(is_store, count);
  if constexpr (sizeof(M) <= 4)
    if (registers == Width::B32) return access<SPACE, M, std::conditional_t<has_sign, s32, u32>>(is_store, count);
  if constexpr (sizeof(M) <= 2)
    if (registers == Width::B16) return access<SPACE, M, std::conditional_t<has_sign, s16, u16>>(is_store, count);
  return nullptr;
}
template <Space SPACE> Handler access(bool is_store, const std::string& type, int count, Width registers) {
  const char kind = type[0];
  const int size = std::atoi(type.c_str() + 1);
  if (kind == 's') {
    if (size == 8) return access<SPACE, int8_t>(is_store, count, registers);
    if (size == 16) return access<SPACE, s16>(is_store, count, registers);
    if (size == 32) return access<SPACE, s32>(is_store, count, registers);
  }
  if (size == 8) return access<SPACE, uint8_t>(is_store, count, registers);
  if (size == 16) return access<SPACE, u16>(is_store, count, registers);
  if (size == 32) return access<SPACE, u32>(is_store, count, registers);
  if (size == 64) return access<SPACE, u64>(is_store, count, registers);
  return nullptr;
}

}  // namespace

const Opcode* find_opcode(const std::string& name) {
  const auto found = opcodes().find(name);
  return found == opcodes().end() ? nullptr : &found->second;
}

Handler find_access(bool is_store, const std::string& space, const std::string& type, int count, Width registers) {
  if (space == "global") return access<Space::GLOBAL>(is_store, type, count, registers);
  if (space == "shared") return access<Space::SHARED>(is_store, type, count, registers);
  if (space == "param" && !is_store) return access<Space::PARAMETER>(is_store, type, count, registers);
  return nullptr;
}

}  // namespace elbo4j::emulation::ptx
