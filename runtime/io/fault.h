#pragma once

#include <atomic>
#include <cstdint>
#include <string_view>

/// Numbered places where a test can let the world fail. Everything by which the runtime changes a
/// file or a database passes here before and after it is done. Without a hook, which is always the
/// case outside tests, a place costs one read of a pointer.
namespace belay::runtime::fault {

enum class Operation : uint8_t {
  kMakeDirectory,
  kCreate,
  kWrite,
  kTruncate,
  kSync,
  kSyncDirectory,
  kRename,  ///< `other` is the new name
  kRemove,
  kLock,
  kUnlock,
  kStatement,  ///< `path` is the SQL text
  kCopyPages,
};

class Hook {
 public:
  virtual ~Hook() = default;
  /// Returns 0, or the `errno` with which the operation is to fail instead of being done.
  virtual int before(Operation operation, std::string_view path, std::string_view other) = 0;
  /// The operation has been done.
  virtual void after(Operation operation, std::string_view path, std::string_view other) = 0;
};

inline std::atomic<Hook*> current_hook{nullptr};

/// For the whole process; the caller keeps the hook alive. nullptr takes it away.
inline void install(Hook* hook) { current_hook.store(hook); }

inline int before(Operation operation, std::string_view path, std::string_view other = {}) {
  Hook* const hook = current_hook.load(std::memory_order_relaxed);
  return hook == nullptr ? 0 : hook->before(operation, path, other);
}

inline void after(Operation operation, std::string_view path, std::string_view other = {}) {
  Hook* const hook = current_hook.load(std::memory_order_relaxed);
  if (hook != nullptr) hook->after(operation, path, other);
}

}  // namespace belay::runtime::fault
