#include "lsp/work_done_progress.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <utility>

#include "lsp/protocol/results.h"
#include "workbench/sessions.h"

namespace belay::lsp {
void WorkDoneProgress::start(const std::string& token, bool may_create, std::string title) {
  if (!token.empty()) return begin_with(token, title);
  if (!may_create) return;
  static std::atomic<uint64_t> next = 1;
  create("\"belay-" + std::to_string(next++) + "\"", std::move(title));
}

void WorkDoneProgress::begin_with(std::string token, std::string_view title) {
  token_ = std::move(token);
  begun_ = true;
  send(progress_begin_params(token_, title, /*cancellable=*/true));
}

void WorkDoneProgress::create(std::string token, std::string title) {
  token_ = std::move(token);
  dispatcher_.request("window/workDoneProgress/create", progress_create_params(token_),
                      [self = shared_from_this(), title = std::move(title)](
                          const Json&, const std::optional<ResponseError>& error) {
                        if (!error && !self->ended_)
                          self->begin_with(std::exchange(self->token_, {}), title);
                      });
}

void WorkDoneProgress::report(std::string_view message, std::optional<uint32_t> percentage) {
  if (begun_ && !ended_) send(progress_report_params(token_, message, percentage));
}

void WorkDoneProgress::end(std::string_view message) {
  if (begun_ && !ended_) send(progress_end_params(token_, message));
  ended_ = true;
}

runtime::ProgressCallback progress_to(MainThread& main, std::weak_ptr<WorkDoneProgress> progress) {
  using Clock = std::chrono::steady_clock;
  static constexpr auto kPause = std::chrono::milliseconds(100);
  return [&main, progress = std::move(progress), next = Clock::time_point(),
          last = std::string()](const runtime::Progress& p) mutable {
    std::string text(workbench::stage_text(p.stage));
    if (!p.subject.empty()) text += ": " + p.subject;
    // What is new is told at once: it may be what takes long.
    if (text == last && Clock::now() < next) return;
    last = text;
    next = Clock::now() + kPause;
    std::optional<uint32_t> percentage;
    constexpr uint64_t kAll = 100;
    if (p.total > 0) percentage = static_cast<uint32_t>(std::min(kAll, p.done * kAll / p.total));
    main.post([progress, text = std::move(text), percentage] {
      if (const auto shown = progress.lock()) shown->report(text, percentage);
    });
  };
}

}  // namespace belay::lsp
