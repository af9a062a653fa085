#pragma once

#include <algorithm>
#include <optional>
#include <string_view>

#include "analyzer/text/range.h"

namespace belay::lsp {

/// A text that was analysed and what has become of it since: the bytes before and behind the edits
/// are the same. Of a C++ source the editor is often a few letters ahead.
class EditedText {
 public:
  EditedText(std::string_view known, std::string_view now)
      : known_size_(known.size()), now_size_(now.size()) {
    const size_t most = std::min(known_size_, now_size_);
    if (known.data() == now.data() || known == now) {
      head_ = known_size_;
      return;
    }
    while (head_ < most && known[head_] == now[head_]) ++head_;
    while (tail_ < most - head_ && known[known_size_ - 1 - tail_] == now[now_size_ - 1 - tail_]) {
      ++tail_;
    }
  }

  /// Where a range of the analysed text stands now; none where it was edited.
  std::optional<ByteRange> now(ByteRange known) const {
    if (known.end <= head_) return known;
    if (known.begin < known_size_ - tail_) return std::nullopt;
    const auto shift = static_cast<uint32_t>(now_size_ - known_size_);
    return ByteRange{known.begin + shift, known.end + shift};
  }
  /// Where a byte of the text as it is now stood; within an edit, where that begins.
  uint32_t known(uint32_t now) const {
    if (now <= head_) return now;
    if (now >= now_size_ - tail_) return static_cast<uint32_t>(now + known_size_ - now_size_);
    return static_cast<uint32_t>(head_);
  }

 private:
  size_t known_size_;
  size_t now_size_;
  size_t head_ = 0;
  size_t tail_ = 0;
};

}  // namespace belay::lsp
