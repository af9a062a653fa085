#include "lsp/work_done_progress.h"

#include <utility>

#include "lsp/protocol/results.h"

namespace belay::lsp {

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

}  // namespace belay::lsp
