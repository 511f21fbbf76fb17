// Errors: their names, those that ELBO4J_EMULATION_FAULT asks for, and those that stay.
#include "runtime.h"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>

namespace elbo4j::emulation {

std::mutex& mutex = lasting<std::mutex>();

namespace {

cudaError_t sticky = cudaSuccess;
thread_local cudaError_t last_error = cudaSuccess;

// After these, nothing works in this process any more.
bool is_sticky(int error) {
  return error == cudaErrorECCUncorrectable || error == cudaErrorIllegalAddress || error == cudaErrorLaunchTimeout ||
         error == cudaErrorAssert || (error >= cudaErrorHardwareStackError && error <= cudaErrorLaunchFailure);
}

}  // namespace

size_t setting(const char* name, size_t otherwise) {
  const char* text = std::getenv(name);
  return text && *text ? std::strtoull(text, nullptr, 0) : otherwise;
}

int fault(const std::string& name) {
  static std::string& seen = lasting<std::string>();
  static auto& calls = lasting<std::map<std::string, int>>();  // since the text changed
  const char* variable = std::getenv("ELBO4J_EMULATION_FAULT");
  if (!variable || !*variable) return 0;
  std::string text = variable;
  if (text[0] == '@') {
    std::ifstream file(text.substr(1));
    text.assign(std::istreambuf_iterator<char>(file), {});
  }
  if (text != seen) {
    seen = text;
    calls.clear();
  }
  const int call = ++calls[name];
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = text.find_first_of(", \n", begin);
    const std::string item = text.substr(begin, end - begin);
    if (item.compare(0, name.size() + 1, name + "=") == 0) {
      const size_t at = item.find('@');
      if (at == std::string::npos || std::atoi(item.c_str() + at + 1) == call)
        return std::atoi(item.c_str() + name.size() + 1);
    }
    if (end == std::string::npos) break;
    begin = end + 1;
  }
  return 0;
}

cudaError_t begin(const char* name) { return sticky ? sticky : static_cast<cudaError_t>(fault(name)); }

cudaError_t end(cudaError_t error) {
  if (is_sticky(error)) sticky = error;
  if (error) last_error = error;
  return error;
}

}  // namespace elbo4j::emulation

using namespace elbo4j::emulation;

const char* cudaGetErrorName(cudaError_t error) {
  switch (error) {
#define X(name, number, description) \
  case name:                         \
    return #name;
#include "errors.inc"
#undef X
  }
  return "unrecognized error code";
}

const char* cudaGetErrorString(cudaError_t error) {
  switch (error) {
#define X(name, number, description) \
  case name:                         \
    return description;
#include "errors.inc"
#undef X
  }
  return "unrecognized error code";
}

cudaError_t cudaGetLastError() {
  const std::lock_guard<std::mutex> lock(mutex);
  const cudaError_t error = sticky ? sticky : last_error;
  last_error = cudaSuccess;
  return error;
}
