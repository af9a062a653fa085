#include "lsp/cpp_workers.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "support/hash.h"

namespace belay::lsp {
namespace {

using workbench::KnownSource;
using workbench::ReadSource;

bool is_same(const cpp::Request& a, const cpp::Request& b) {
  return a.text == b.text && a.arguments == b.arguments && a.directory == b.directory &&
         a.outside_migrations == b.outside_migrations && a.functions == b.functions &&
         a.shapes == b.shapes;
}

}  // namespace

void CppWorkers::stop() {
  stopping_.cancel();
  std::vector<std::unique_ptr<Worker>> ended;
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    ended = std::exchange(workers_, {});
  }
}

std::vector<KnownSource> CppWorkers::read(const std::vector<cpp::wire::Question>& questions,
                                          const runtime::CancellationToken&) {
  const std::lock_guard lock(mutex_);
  std::vector<KnownSource> out;
  for (const cpp::wire::Question& question : questions) {
    const std::string& path = question.request.path;
    Source& source = sources_[path];
    if (source.asked == 0 || !is_same(source.question.request, question.request)) {
      source.question = question;
      ask(path, source);
    }
    out.push_back(source.result);
  }
  return out;
}

bool CppWorkers::edited(const std::string& path, std::string text) {
  const std::lock_guard lock(mutex_);
  open_.insert(path);
  const auto found = sources_.find(path);
  if (found == sources_.end()) return false;
  if (found->second.question.request.text == text) return true;
  found->second.question.request.text = std::move(text);
  ask(path, found->second);
  return true;
}

void CppWorkers::closed(const std::string& path) {
  const std::lock_guard lock(mutex_);
  open_.erase(path);
}

KnownSource CppWorkers::known(const std::string& path) const {
  const std::lock_guard lock(mutex_);
  const auto found = sources_.find(path);
  return found == sources_.end() ? nullptr : found->second.result;
}

void CppWorkers::ask(const std::string& path, Source& source) {
  ++source.asked;
  if (source.waits) return;  // it will be read as it is then
  source.waits = true;
  ++waiting_;
  if (stopped_) return;
  Worker& worker = worker_of(path);
  worker.queue.submit([this, &worker, path] { work(worker, path); });
}

CppWorkers::Worker& CppWorkers::worker_of(const std::string& path) {
  constexpr unsigned kMost = 4;
  const unsigned count = std::clamp(std::thread::hardware_concurrency(), 1U, kMost);
  while (workers_.size() < count) {
    workers_.push_back(
        std::make_unique<Worker>("C++ " + std::to_string(workers_.size() + 1), log_));
  }
  return *workers_[hash_bytes(path) % workers_.size()];
}

void CppWorkers::work(Worker& worker, const std::string& path) {
  cpp::wire::Question question;
  uint64_t number = 0;
  {
    const std::lock_guard lock(mutex_);
    Source& source = sources_[path];
    source.waits = false;
    --waiting_;
    if (source.read == source.asked) return;
    question = source.question;
    question.keep = open_.contains(path);
    number = source.asked;
  }
  Result<ReadSource> read = worker.reader.read(question, stopping_);
  if (stopping_.cancelled()) return;
  if (!read) log_.error(read.error().to_string());
  std::vector<std::string> told;
  {
    const std::lock_guard lock(mutex_);
    Source& source = sources_[path];
    source.read = number;
    if (!read && source.result != nullptr && source.result->ok()) {
      // What was known is worth more than nothing, as long as it is told.
      ReadSource known = source.result->value();
      known.reading.errors = {read.error().message};
      read = std::move(known);
    }
    source.result = std::make_shared<const Result<ReadSource>>(std::move(read));
    finished_.push_back(path);
    if (open_.contains(path)) {
      told = {path};
      std::erase(finished_, path);
    } else if (waiting_ == 0) {
      told = std::exchange(finished_, {});
    }
    if (open_.empty() && waiting_ == 0) worker.reader.stop();
  }
  if (!told.empty()) done_(std::move(told));
}

}  // namespace belay::lsp
