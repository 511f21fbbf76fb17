// The text of a PTX module -> kernels. Everything that is not understood is an error with file and line.
#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "ptx.h"

namespace elbo4j::emulation::ptx {
namespace {

// nvcc's <length>_GLOBAL__N__<hash>_<n>_<file>_cu_<hash> is g++'s 12_GLOBAL__N_1.
std::string without_hashes(const std::string& name) {
  static const std::string mark = "_GLOBAL__N__";
  std::string result;
  size_t done = 0;
  for (size_t at; (at = name.find(mark, done)) != std::string::npos;) {
    size_t digits = at;
    while (digits > done && std::isdigit((unsigned char)name[digits - 1])) digits--;
    // digits before the mark may be those of a longer number: the length says where the name ends
    const size_t length = std::strtoul(name.substr(digits, at - digits).c_str(), nullptr, 10);
    result += name.substr(done, digits - done) + local;
    done = at + length;
  }
  return result + name.substr(std::min(done, name.size()));
}

Width width_of_type(const std::string& type) {
  if (type == "pred") return Width::PREDICATE;
  const int size = std::atoi(type.c_str() + 1);
  return size <= 16 ? Width::B16 : size == 32 ? Width::B32 : Width::B64;
}

class Parser {
 public:
  Parser(std::string text, std::string file) : text_(std::move(text)), file_(std::move(file)) {}

  void module(Kernels& kernels) {
    for (;;) {
      blank();
      if (at_ == text_.size()) return;
      if (begins(".entry") || begins(".visible .entry") || begins(".weak .entry")) {
        auto kernel = entry();
        const std::string name = kernel->name;
        const bool is_local = name.find(local) != std::string::npos;
        const std::string key = is_local ? in_file(file_, name) : name;
        // of what a header defines each file has the same
        if (!kernels.emplace(key, std::move(kernel)).second && is_local) error("two kernels are called " + name);
      } else {
        const size_t end = text_.find('\n', at_);
        const std::string directive = text_.substr(at_, end - at_);
        if (!begins(".version") && !begins(".target") && !begins(".address_size"))
          error("not understood: " + directive);
        at_ = end;
      }
    }
  }

 private:
  struct Named {
    Width width;
    uint32_t count;  // 0: one register of that name
  };
  using Scope = std::map<std::string, Named>;

  [[noreturn]] void error(const std::string& what) const {
    const auto line = 1 + std::count(text_.begin(), text_.begin() + std::min(at_, text_.size()), '\n');
    fail(file_ + ":" + std::to_string(line) + ": " + what);
  }

  // ---- text ----

  void blank() {
    for (; at_ < text_.size(); at_++) {
      if (text_[at_] == '/' && text_[at_ + 1] == '/')
        at_ = std::min(text_.find('\n', at_), text_.size() - 1);
      else if (!std::isspace((unsigned char)text_[at_]))
        return;
    }
  }
  bool begins(const char* word) const { return text_.compare(at_, std::strlen(word), word) == 0; }
  bool take(char c) {
    blank();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    at_++;
    return true;
  }
  void expect(char c) {
    if (!take(c)) error(std::string("'") + c + "' expected");
  }
  static bool in_word(char c) { return std::isalnum((unsigned char)c) || std::strchr("_$%.", c); }
  std::string word() {
    blank();
    const size_t begin = at_;
    while (at_ < text_.size() && text_[at_] && in_word(text_[at_])) at_++;
    if (begin == at_) error("a word expected");
    return text_.substr(begin, at_ - begin);
  }
  int64_t integer() {
    const bool minus = take('-');
    const std::string digits = word();
    char* end = nullptr;
    const uint64_t value = std::strtoull(digits.c_str(), &end, 0);
    if (*end && std::strcmp(end, "U")) error("not a number: " + digits);
    return (int64_t)(minus ? 0 - value : value);
  }

  // ---- entries ----

  std::unique_ptr<Kernel> entry() {
    std::string name = word();
    while (name != ".entry") name = word();
    kernel_ = std::make_unique<Kernel>();
    kernel_->file = file_;
    kernel_->name = without_hashes(word());
    symbols_.clear(), rows_.clear(), labels_.clear(), jumps_.clear(), constants_.clear();
    scopes_.assign(1, {});
    size_t parameter_bytes = 0;
    expect('(');
    while (!take(')')) {
      if (word() != ".param") error(".param expected");
      size_t alignment = 0;
      std::string type = word();
      if (type == ".align") alignment = integer(), type = word();
      size_t size = std::atoi(type.c_str() + 2) / 8;
      if (!alignment) alignment = size;
      std::string parameter = word();
      if (parameter == ".ptr") {  // what the pointer points to
        for (parameter = word(); parameter[0] == '.'; parameter = word())
          if (parameter == ".align") integer();
      }
      if (take('[')) size *= integer(), expect(']');
      parameter_bytes = (parameter_bytes + alignment - 1) / alignment * alignment;
      symbols_[parameter] = {false, parameter_bytes};
      kernel_->parameters.push_back({parameter_bytes, size});
      parameter_bytes += size;
      take(',');
    }
    kernel_->arguments.resize(parameter_bytes + 64);
    for (; !take('{');) {
      const std::string directive = word();
      if (directive == ".maxntid") {
        kernel_->most_threads = 1;
        do kernel_->most_threads *= integer();
        while (take(','));
      } else if (directive == ".minnctapersm") {
        integer();
      } else {
        error("not understood: " + directive);
      }
    }
    for (int depth = 1; depth > 0;) {
      if (take('{')) {
        scopes_.push_back({}), depth++;
      } else if (take('}')) {
        scopes_.pop_back(), depth--;
      } else {
        statement();
      }
    }
    for (const auto& [index, label] : jumps_) {
      if (!labels_.count(label)) error("no label " + label);
      kernel_->code[index].target = labels_[label];
    }
    Instruction end;
    end.kind = Kind::RETURN;
    end.text = "the end";
    kernel_->code.push_back(end);
    return std::move(kernel_);
  }

  void statement() {
    blank();
    const size_t begin = at_;
    const std::string first = text_[at_] == '@' ? "" : word();
    if (!first.empty() && take(':')) {
      labels_[first] = (uint32_t)kernel_->code.size();
    } else if (first == ".reg") {
      const std::string type = word().substr(1);
      do {
        std::string name = word();
        uint32_t count = 0;
        if (take('<')) count = (uint32_t)integer(), expect('>');
        scopes_.back()[name] = {width_of_type(type), count};
        if (count == 0) rows_.erase(name);
      } while (take(','));
      expect(';');
    } else if (first == ".shared") {
      size_t alignment = 1;
      std::string type = word();
      if (type == ".align") alignment = integer(), type = word();
      size_t size = std::atoi(type.c_str() + 2) / 8;
      const std::string name = word();
      if (take('[')) size *= integer(), expect(']');
      expect(';');
      kernel_->shared_bytes = (kernel_->shared_bytes + alignment - 1) / alignment * alignment;
      symbols_[name] = {true, kernel_->shared_bytes};
      kernel_->shared_bytes += size;
    } else if (first == ".pragma") {
      at_ = text_.find(';', at_) + 1;
    } else if (!first.empty() && first[0] == '.') {
      error("not understood: " + first);
    } else {
      instruction(first, begin);
    }
  }

  // ---- registers ----

  uint32_t new_row(Width width) {
    const size_t size = bytes_of(width), alignment = std::min<size_t>(size, 64);
    const size_t row = (kernel_->initial.size() + alignment - 1) / alignment * alignment;
    kernel_->initial.resize(row + size, (char)0xff);
    return (uint32_t)row;
  }

  // A declared register's width, or null.
  const Width* declared(const std::string& name) const {
    std::string prefix = name;
    while (!prefix.empty() && std::isdigit((unsigned char)prefix.back())) prefix.pop_back();
    for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope) {
      auto found = scope->find(name);
      if (found != scope->end() && found->second.count == 0) return &found->second.width;
      found = scope->find(prefix);
      if (found != scope->end() && std::strtoul(name.c_str() + prefix.size(), nullptr, 10) < found->second.count)
        return &found->second.width;
    }
    return nullptr;
  }

  uint32_t constant(Width width, uint64_t value) {
    const auto [found, is_new] = constants_.emplace(std::make_pair(width, value), 0);
    if (is_new) {
      found->second = new_row(width);
      char* row = kernel_->initial.data() + found->second;
      if (width == Width::PREDICATE) {
        const uint32_t mask = value ? everyone : 0;
        std::memcpy(row, &mask, 4);
      } else {
        const size_t size = bytes_of(width) / lanes;
        for (int l = 0; l < lanes; l++) std::memcpy(row + l * size, &value, size);
      }
    }
    return found->second;
  }

  uint32_t special(const std::string& name) {
    static const std::map<std::string, Special> all = {{"%tid", Special::TID},
                                                       {"%ntid", Special::NTID},
                                                       {"%ctaid", Special::CTAID},
                                                       {"%nctaid", Special::NCTAID},
                                                       {"%laneid", Special::LANE}};
    const size_t dot = name.find('.');
    const auto what = all.find(name.substr(0, dot));
    if (what == all.end()) error("no register " + name);
    const uint32_t row = new_row(Width::B32);
    kernel_->specials.push_back({row, what->second, dot == std::string::npos ? 0 : name[dot + 1] - 'x'});
    return row;
  }

  // A register, a number or the address of a variable, of the width that is wanted; null: of any, which is told.
  uint32_t operand(const Width* wanted, Width* is = nullptr) {
    blank();
    const char c = text_[at_];
    if (c == '-' || std::isdigit((unsigned char)c)) {
      if (!wanted) error("a register expected");
      if (is) *is = *wanted;
      if (c == '0' && (text_[at_ + 1] == 'f' || text_[at_ + 1] == 'd')) {
        const bool is_float = text_[at_ + 1] == 'f';
        const std::string digits = word();
        if (digits.size() != (is_float ? 10 : 18) || *wanted != (is_float ? Width::B32 : Width::B64))
          error("a number of another width: " + digits);
        return constant(*wanted, std::strtoull(digits.c_str() + 2, nullptr, 16));
      }
      const int64_t value = integer();
      const int size = *wanted == Width::PREDICATE ? 1 : (int)bytes_of(*wanted) / lanes * 8;
      if (*wanted != Width::PREDICATE && size < 64 &&
          (value < -((int64_t)1 << (size - 1)) || value >= (int64_t)1 << size))
        error("a number too large: " + std::to_string(value));
      return constant(*wanted, size < 64 ? (uint64_t)value & (((uint64_t)1 << size) - 1) : (uint64_t)value);
    }
    const std::string name = word();
    const auto symbol = symbols_.find(name);
    if (symbol != symbols_.end()) {
      const Width width = wanted ? *wanted : symbol->second.shared ? Width::B32 : Width::B64;
      if (is) *is = width;
      return constant(width, address(symbol->second));
    }
    const Width* width = declared(name);
    if (!width && name[0] == '%') {
      if (!wanted || *wanted != Width::B32) error("special registers have 32 bits");
      auto row = rows_.find(name);
      if (row == rows_.end()) row = rows_.emplace(name, special(name)).first;
      return row->second;
    }
    if (!width) error("no register " + name);
    if (wanted && *width != *wanted) error("register " + name + " has another width than the opcode wants");
    if (is) *is = *width;
    auto row = rows_.find(name);
    if (row == rows_.end()) row = rows_.emplace(name, new_row(*width)).first;
    return row->second;
  }

  struct Symbol {
    bool shared;
    size_t offset;
  };
  uint64_t address(const Symbol& symbol) const {
    return symbol.shared ? symbol.offset : reinterpret_cast<uint64_t>(kernel_->argument_space()) + symbol.offset;
  }

  std::vector<uint32_t> operands(Width* width) {
    std::vector<uint32_t> rows;
    if (take('{')) {
      do rows.push_back(operand(nullptr, width));
      while (take(','));
      expect('}');
    } else {
      rows.push_back(operand(nullptr, width));
    }
    return rows;
  }

  // ---- instructions ----

  // From text `begin` on; the opcode is read unless there is a guard.
  void instruction(std::string opcode, size_t begin) {
    Instruction i;
    lines_before_ += (int)std::count(text_.begin() + counted_, text_.begin() + begin, '\n');
    counted_ = begin;
    i.line = 1 + lines_before_;
    i.text = text_.substr(begin, text_.find(';', begin) - begin);
    std::replace_if(
        i.text.begin(), i.text.end(), [](char c) { return c == '\t' || c == '\n'; }, ' ');
    if (opcode.empty()) {
      expect('@');
      i.negated = take('!');
      const Width predicate = Width::PREDICATE;
      i.guard = operand(&predicate);
      opcode = word();
    }
    i.fused = opcode.compare(0, 4, "fma.") == 0;
    const Width word32 = Width::B32, predicate = Width::PREDICATE;

    if (opcode == "bra" || opcode == "bra.uni") {
      i.kind = Kind::BRANCH;
      jumps_.emplace_back(kernel_->code.size(), word());
    } else if (opcode == "ret" || opcode == "exit") {
      i.kind = Kind::RETURN;
    } else if (opcode == "bar.sync" || opcode == "barrier.sync") {
      i.kind = Kind::BLOCK_BARRIER;
      if (integer() != 0) error("barrier 0 expected");
    } else if (opcode == "bar.warp.sync") {
      i.kind = Kind::WARP_BARRIER;
      i.s[3] = operand(&word32);
    } else if (opcode.compare(0, 10, "shfl.sync.") == 0) {
      i.kind = Kind::SHUFFLE;
      const std::string mode = opcode.substr(10);
      i.mode = mode == "up.b32" ? 0 : mode == "down.b32" ? 1 : mode == "bfly.b32" ? 2 : mode == "idx.b32" ? 3 : 4;
      if (i.mode == 4) error("unknown opcode " + opcode);
      i.d[0] = operand(&word32);
      i.d[1] = take('|') ? operand(&predicate) : none;
      for (int n = 0; n < 4; n++) expect(','), i.s[n] = operand(&word32);
    } else if (opcode.compare(0, 3, "ld.") == 0 || opcode.compare(0, 3, "st.") == 0) {
      access(i, opcode);
    } else {
      plain(i, opcode);
    }
    expect(';');
    kernel_->code.push_back(std::move(i));
  }

  // ld.space[.nc][.vN].type
  void access(Instruction& i, const std::string& opcode) {
    std::vector<std::string> parts;
    std::istringstream in(opcode);
    for (std::string part; std::getline(in, part, '.');) parts.push_back(part);
    const bool store = parts[0] == "st";
    const std::string space = parts.size() > 1 ? parts[1] : "", type = parts.back();
    int count = 1;
    for (size_t n = 2; n + 1 < parts.size(); n++) {
      if (parts[n] == "v2" || parts[n] == "v4")
        count = parts[n][1] - '0';
      else if (parts[n] == "nc" && space == "global" && !store)
        i.read_only = true;
      else
        error("unknown opcode " + opcode);
    }
    Width width = Width::B32;
    std::vector<uint32_t> rows;
    const auto address = [&] {
      const Width base = space == "shared" ? Width::B32 : Width::B64;
      expect('[');
      i.s[0] = operand(&base);
      if (take('+')) i.offset = integer();
      expect(']');
    };
    if (store) {
      address(), expect(',');
      rows = values(type, &width);
      for (size_t n = 0; n < rows.size() && n < 4; n++) i.d[n] = rows[n];
    } else {
      rows = operands(&width);
      for (size_t n = 0; n < rows.size() && n < 4; n++) i.d[n] = rows[n];
      expect(','), address();
    }
    i.run = (int)rows.size() == count ? find_access(store, space, type, count, width) : nullptr;
    if (!i.run) error("unknown opcode " + opcode);
  }

  // What is stored may be a number.
  std::vector<uint32_t> values(const std::string& type, Width* width) {
    const Width of_number = width_of_type(type);
    blank();
    const bool many = text_[at_] == '{';
    std::vector<uint32_t> rows;
    if (many) expect('{');
    do {
      blank();
      const bool number = text_[at_] == '-' || std::isdigit((unsigned char)text_[at_]);
      rows.push_back(operand(number ? &of_number : nullptr, width));
    } while (many && take(','));
    if (many) expect('}');
    return rows;
  }

  void plain(Instruction& i, std::string opcode) {
    // mov of two halves: its braces make another opcode of it
    if (opcode == "mov.b64" || opcode == "mov.b32") {
      const std::string statement = text_.substr(at_, text_.find(';', at_) - at_);
      const size_t comma = statement.find(','), brace = statement.find('{');
      const Width half = opcode == "mov.b64" ? Width::B32 : Width::B16;
      const Width whole = opcode == "mov.b64" ? Width::B64 : Width::B32;
      if (brace != std::string::npos) {
        const bool unpack = brace < comma;
        const auto halves = [&](uint32_t* rows) {
          expect('{'), rows[0] = operand(&half), expect(','), rows[1] = operand(&half), expect('}');
        };
        if (unpack)
          halves(i.d), expect(','), i.s[0] = operand(&whole);
        else
          i.d[0] = operand(&whole), expect(','), halves(i.s);
        i.run = find_opcode((unpack ? "unpack" : "pack") + opcode.substr(3))->run;
        return;
      }
    }
    const Opcode* found = find_opcode(opcode);
    if (!found) error("unknown opcode " + opcode + ", in: " + i.text);
    i.run = found->run;
    i.mode = found->mode;
    i.d[0] = operand(&found->operands[0]);
    if (opcode.compare(0, 4, "cvt.") == 0) {
      Width width = Width::B32;
      expect(','), i.s[0] = operand(nullptr, &width);
      if (width == found->operands[1]) return;
      const Opcode* wider = find_opcode(opcode + (width == Width::B32 ? "/32" : "/64"));
      if (!wider || width < found->operands[1])
        error("a register of another width than the opcode wants, in: " + i.text);
      i.run = wider->run;
      return;
    }
    for (size_t n = 1; n < found->operands.size(); n++) expect(','), i.s[n - 1] = operand(&found->operands[n]);
  }

  std::string text_, file_;
  size_t at_ = 0, counted_ = 0;
  int lines_before_ = 0;
  std::unique_ptr<Kernel> kernel_;
  std::map<std::string, Symbol> symbols_;
  std::vector<Scope> scopes_;
  std::unordered_map<std::string, uint32_t> rows_;
  std::map<std::pair<Width, uint64_t>, uint32_t> constants_;
  std::map<std::string, uint32_t> labels_;
  std::vector<std::pair<size_t, std::string>> jumps_;
};

}  // namespace

Kernels load(const std::string& folder) {
  namespace fs = std::filesystem;
  Kernels kernels;
  if (!fs::is_directory(folder)) fail("no folder " + folder);
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.path().extension() == ".ptx") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files) {
    std::ifstream in(file);
    std::ostringstream text;
    text << in.rdbuf();
    Parser(text.str(), file.filename()).module(kernels);
  }
  if (kernels.empty()) fail("no .ptx file with a kernel in " + folder);
  return kernels;
}

}  // namespace elbo4j::emulation::ptx
