// `belay-cpp-reader`: answers what C++ sources say of migrations, a line of JSON for each line that
// it is asked (cpp/wire.h), until its input ends. Belay starts it where there is C++ to read.
#include <poll.h>
#include <unistd.h>

#include <iostream>
#include <map>
#include <memory>
#include <string>

#include "analyzer/cpp/clang/read_source.h"
#include "analyzer/cpp/wire/wire.h"
#include "reader/builder/builder_sql.h"

namespace belay::cpp {
namespace {

/// Sources that are being edited, the last used of them: each takes some ten megabytes.
class KeptSources {
 public:
  explicit KeptSources(const BuilderSql& builder) : builder_(builder) {}

  KeptSource& of(const std::string& path) {
    constexpr size_t kMost = 3;
    Entry& entry = sources_[path];
    entry.used = ++clock_;
    if (entry.source == nullptr) entry.source = std::make_unique<KeptSource>(&builder_);
    if (sources_.size() > kMost) forget_oldest();
    return *entry.source;
  }

 private:
  struct Entry {
    std::unique_ptr<KeptSource> source;
    uint64_t used = 0;
  };
  void forget_oldest() {
    auto oldest = sources_.begin();
    for (auto i = sources_.begin(); i != sources_.end(); ++i) {
      if (i->second.used < oldest->second.used) oldest = i;
    }
    sources_.erase(oldest);
  }

  const BuilderSql& builder_;
  std::map<std::string, Entry> sources_;
  uint64_t clock_ = 0;
};

bool is_asked_more() {
  if (std::cin.rdbuf()->in_avail() > 0) return true;
  pollfd input{STDIN_FILENO, POLLIN, 0};
  return poll(&input, 1, 0) > 0;
}

int run() {
  const std::unique_ptr<BuilderSql> builder = reader::schema_builder();
  KeptSources kept(*builder);
  std::string line;
  while (std::getline(std::cin, line)) {
    const Result<wire::Question> question = wire::question_from(line);
    if (!question) {
      std::cerr << "belay-cpp-reader: " << question.error().to_string() << "\n";
      return 1;
    }
    const Request& request = question->request;
    if (!question->keep) {
      std::cout << wire::line_of(read_source(request, builder.get())) << std::flush;
      continue;
    }
    KeptSource& source = kept.of(request.path);
    std::cout << wire::line_of(source.read(request)) << std::flush;
    if (!is_asked_more()) source.prepare();
  }
  return 0;
}

}  // namespace
}  // namespace belay::cpp

int main() {
  std::ios::sync_with_stdio(false);
  return belay::cpp::run();
}
