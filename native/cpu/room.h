// Working memory of a thread: it grows to the most that was ever asked for, and is freed at the thread's exit.
#pragma once
#include <cstddef>
#include <cstdint>
#include <new>

namespace elbo4j {
namespace ELBO4J_LEVEL {

class Room {
 public:
  // What was there is lost where it grows.
  float* floats(int64_t count) {
    if (count > size_) {
      operator delete(memory_, LINE);
      memory_ = nullptr, size_ = 0;
      memory_ = static_cast<float*>(operator new((std::size_t)count * sizeof(float), LINE));
      size_ = count;
    }
    return memory_;
  }
  ~Room() { operator delete(memory_, LINE); }

 private:
  static constexpr std::align_val_t LINE{64};
  float* memory_ = nullptr;
  int64_t size_ = 0;
};

}  // namespace ELBO4J_LEVEL
}  // namespace elbo4j
