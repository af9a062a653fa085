#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "support/file_system.h"
#include "tests/lsp/scenarios/scenario.h"
#include "tests/lsp/support/client.h"
#include "tests/lsp/support/editor_text.h"
#include "tests/lsp/support/project_folder.h"

namespace belay::lsp::testing {

/// An editor over a folder with a scenario's files, and a server in this process. It holds what an
/// editor holds: documents, what is on disk, diagnostics; and the scenario's places, which move
/// with edits. Paths are relative to the folder. What a scenario asks that cannot be done throws
/// std::runtime_error.
class Editor {
 public:
  /// Writes the files and starts a server. `capabilities.json` is laid over what a good client
  /// declares, `settings.json` goes along as the options of `initialize`; neither is written.
  explicit Editor(const std::vector<ScenarioFile>& files);

  // --- what there is

  Client& client() { return client_; }
  /// What the server has answered to `initialize`.
  const Json& server() const { return server_; }
  bool pulls_diagnostics() const;
  /// A path as an author writes it: the whole one, or the file's name where it is the only one.
  std::string path_of(const std::string& written) const;
  std::string uri(const std::string& path) const;
  const std::string& root() const { return folder_.root(); }
  /// The path of a file in the folder; other URIs as they are.
  std::string path_of_uri(const std::string& uri) const;
  bool is_open(const std::string& path) const { return documents_.contains(path); }
  /// The document, or what is on disk; null where there is neither.
  const EditorText* text(const std::string& path) const;
  std::vector<std::string> paths() const;

  struct Spot {
    std::string path;
    size_t begin = 0;
    size_t end = 0;
  };
  bool has_spot(const std::string& name) const { return spots_.contains(name); }
  const Spot& spot(const std::string& name) const;
  Json position(const std::string& path, size_t offset) const;
  Json range(const Spot& spot) const;

  // --- what is done

  void open(const std::string& path, const std::optional<MarkedText>& text = {});
  void close(const std::string& path);
  /// The whole text of an open document.
  void change(const std::string& path, const MarkedText& text);
  void replace(const std::string& spot, const std::string& with);
  /// On disk, told to the server as by a watcher.
  void write(const std::string& path, const MarkedText& text);
  void remove(const std::string& path);
  /// The document's text goes to disk.
  void save(const std::string& path);
  void change_settings(const Json& settings);
  /// Does what a server wants done; the paths of the files that are another now.
  std::vector<std::string> apply(const Json& workspace_edit);

  // --- what is said

  /// An open document and a place in it, as most requests take them. A file that was never open is
  /// opened.
  Json at(const std::string& spot);
  Json in(const std::string& path);
  /// The result of a request, or the error in one line.
  struct Answer {
    Json result;
    std::string error;
  };
  Answer ask(const std::string& method, const Json& params);
  /// Waits until the server has told everything of what it was told.
  void settle();
  /// What is known of a file: pushed, or asked for where the client pulls. None: nothing was said.
  std::optional<Json> diagnostics(const std::string& path);
  /// What a client that pulls was told, and under which names, for its next question.
  void remember_result(const std::string& uri, const std::string& id) { results_[uri] = id; }
  Json previous_results() const;
  /// Diagnostics of the workspace; none where the server has no news.
  std::optional<Json> pull_workspace();
  /// What the server has told and asked the person since the last time.
  std::vector<std::string> take_told();

 private:
  struct OpenText {
    EditorText text;
    int64_t version = 1;
  };

  void connect(const Json& capabilities);
  void take_places(const std::string& path, const MarkedText& text);
  void opened_by_need(const std::string& path);
  void file_event(const std::string& path, int type);
  void edit(const std::string& path, const Json& range, const std::string& with);
  void apply_to(const std::string& path, const Json& edits);
  void move_spots(const std::string& path, size_t begin, size_t end, size_t length);
  void take_in();

  ProjectFolder folder_;
  DiskFileSystem disk_;
  MemoryWire wire_;
  Client client_;
  Json server_;
  Encoding encoding_ = Encoding::kUtf16;
  bool pulls_ = false;
  std::map<std::string, EditorText> files_;
  std::map<std::string, OpenText> documents_;
  std::set<std::string> were_open_;
  std::map<std::string, Spot> spots_;
  std::map<std::string, Json> pushed_;  ///< by path
  std::map<std::string, std::string> results_;
  std::optional<int64_t> workspace_pull_;  ///< open
  Json settings_;
  std::vector<std::string> told_;
};

}  // namespace belay::lsp::testing
