#include "tests/lsp/scenarios/editor.h"

#include <algorithm>
#include <set>
#include <stdexcept>

#include "tests/lsp/scenarios/normal_form.h"

namespace belay::lsp::testing {
namespace {

constexpr int kCreated = 1;
constexpr int kChanged = 2;
constexpr int kDeleted = 3;

EditorPosition read_position(const Json& json) {
  return {json.at("line").get<uint32_t>(), json.at("character").get<uint32_t>()};
}

const ScenarioFile* find(const std::vector<ScenarioFile>& files, std::string_view path) {
  for (const ScenarioFile& file : files) {
    if (file.path == path) return &file;
  }
  return nullptr;
}

}  // namespace

Editor::Editor(const std::vector<ScenarioFile>& files) : wire_(disk_), client_(wire_) {
  Json capabilities = Client::capabilities();
  if (const ScenarioFile* file = find(files, "capabilities.json")) {
    capabilities.merge_patch(Json::parse(file->content.text));
  }
  if (const ScenarioFile* file = find(files, "settings.json")) {
    settings_ = Json::parse(file->content.text);
  }
  encoding_ = encoding_of(capabilities["general"]["positionEncodings"][0].get<std::string>());
  for (const ScenarioFile& file : files) {
    if (file.path == "capabilities.json" || file.path == "settings.json") continue;
    folder_.write(file.path, file.content.text);
    take_places(file.path, file.content);
    files_[file.path] = EditorText(file.content.text, encoding_);
  }
  connect(capabilities);
}

void Editor::connect(const Json& capabilities) {
  client_.on_request("window/showDocument", [this](const Json& params) {
    told_.push_back("shown: " +
                    place_text(*this, params["uri"], params.value("selection", Json())));
    return Json({{"success", true}});
  });
  client_.on_request("window/showMessageRequest", [this](const Json& params) {
    std::string line = "asked: " + params["message"].get<std::string>();
    for (const Json& action : params.value("actions", Json::array())) {
      line += " [" + action["title"].get<std::string>() + "]";
    }
    told_.push_back(line);
    return Json();
  });
  Json params = {
      {"processId", nullptr},
      {"rootUri", folder_.uri("").substr(0, folder_.uri("").size() - 1)},
      {"capabilities", capabilities},
      {"workspaceFolders", {{{"uri", "file://" + folder_.root()}, {"name", "project"}}}}};
  if (!settings_.is_null()) params["initializationOptions"] = settings_;
  server_ = client_.initialize(params);
  pulls_ = server_["capabilities"].contains("diagnosticProvider");
}

bool Editor::pulls_diagnostics() const { return pulls_; }

// --- what there is ----------------------------------------------------------------------------

std::string Editor::path_of(const std::string& written) const {
  if (text(written) != nullptr) return written;
  std::vector<std::string> ends;
  for (const std::string& path : paths()) {
    if (path.ends_with("/" + written)) ends.push_back(path);
  }
  if (ends.size() > 1) throw std::runtime_error("several files are called " + written);
  return ends.empty() ? written : ends.front();
}

std::vector<std::string> Editor::paths() const {
  std::set<std::string> out;
  for (const auto& [path, text] : files_) out.insert(path);
  for (const auto& [path, text] : documents_) out.insert(path);
  return {out.begin(), out.end()};
}

std::string Editor::uri(const std::string& path) const {
  return path.find("untitled:") == 0 ? path : folder_.uri(path);
}

std::string Editor::path_of_uri(const std::string& uri) const {
  for (const std::string& path : paths()) {
    if (folder_.uri(path) == uri) return path;
  }
  const std::string root = folder_.uri("");
  return uri.starts_with(root) ? uri.substr(root.size()) : uri;
}

const EditorText* Editor::text(const std::string& path) const {
  if (const auto open = documents_.find(path); open != documents_.end()) return &open->second.text;
  const auto file = files_.find(path);
  return file == files_.end() ? nullptr : &file->second;
}

const Editor::Spot& Editor::spot(const std::string& name) const {
  const auto found = spots_.find(name);
  if (found == spots_.end()) throw std::runtime_error("no place `" + name + "` in the files");
  return found->second;
}

Json Editor::position(const std::string& path, size_t offset) const {
  const EditorPosition at = text(path)->position_of(offset);
  return testing::position(at.line, at.character);
}

Json Editor::range(const Spot& spot) const {
  return testing::range(position(spot.path, spot.begin), position(spot.path, spot.end));
}

void Editor::take_places(const std::string& path, const MarkedText& text) {
  for (const Place& place : text.places) spots_[place.name] = {path, place.begin, place.end};
}

void Editor::move_spots(const std::string& path, size_t begin, size_t end, size_t length) {
  const auto moved = [&](size_t at) {
    if (at <= begin) return at;
    return at >= end ? at - (end - begin) + length : begin + length;
  };
  for (auto& [name, spot] : spots_) {
    if (spot.path != path) continue;
    spot.begin = moved(spot.begin);
    spot.end = moved(spot.end);
  }
}

// --- what is done -----------------------------------------------------------------------------

void Editor::open(const std::string& path, const std::optional<MarkedText>& text) {
  const EditorText* file = this->text(path);
  if (!text && file == nullptr) throw std::runtime_error("no file " + path);
  if (is_open(path)) throw std::runtime_error(path + " is open already");
  OpenText document;
  document.text = text ? EditorText(text->text, encoding_) : *file;
  if (text) take_places(path, *text);
  client_.open(uri(path), document.text.text());
  documents_[path] = std::move(document);
  were_open_.insert(path);
}

void Editor::opened_by_need(const std::string& path) {
  if (!is_open(path) && !were_open_.contains(path)) open(path);
}

void Editor::close(const std::string& path) {
  if (documents_.erase(path) == 0) throw std::runtime_error(path + " is not open");
  client_.close(uri(path));
}

void Editor::change(const std::string& path, const MarkedText& text) {
  opened_by_need(path);
  take_places(path, text);
  OpenText& document = documents_.at(path);
  document.text = EditorText(text.text, encoding_);
  client_.change(uri(path), ++document.version, Json::array({{{"text", text.text}}}));
}

void Editor::replace(const std::string& name, const std::string& with) {
  const Spot at = spot(name);
  opened_by_need(at.path);
  edit(at.path, range(at), with);
  // What is put into an empty place stands in it, so that the next text goes behind.
  spots_[name].end = at.begin + with.size();
}

void Editor::edit(const std::string& path, const Json& range, const std::string& with) {
  OpenText& document = documents_.at(path);
  const EditorPosition begin = read_position(range.at("start"));
  const EditorPosition end = read_position(range.at("end"));
  move_spots(path, document.text.offset_of(begin), document.text.offset_of(end), with.size());
  document.text.replace(begin, end, with);
  client_.change(uri(path), ++document.version, Json::array({{{"range", range}, {"text", with}}}));
}

void Editor::write(const std::string& path, const MarkedText& text) {
  const bool is_new = !files_.contains(path);
  folder_.write(path, text.text);
  if (!is_open(path)) take_places(path, text);
  files_[path] = EditorText(text.text, encoding_);
  file_event(path, is_new ? kCreated : kChanged);
}

void Editor::remove(const std::string& path) {
  if (files_.erase(path) == 0) throw std::runtime_error("no file " + path);
  folder_.remove(path);
  file_event(path, kDeleted);
}

void Editor::save(const std::string& path) {
  const EditorText document = documents_.at(path).text;
  write(path, {document.text(), {}});
  client_.notify("textDocument/didSave", {{"textDocument", {{"uri", uri(path)}}}});
}

void Editor::file_event(const std::string& path, int type) {
  client_.notify("workspace/didChangeWatchedFiles",
                 {{"changes", {{{"uri", uri(path)}, {"type", type}}}}});
}

void Editor::change_settings(const Json& settings) {
  settings_ = settings;
  client_.notify("workspace/didChangeConfiguration", {{"settings", settings}});
}

std::vector<std::string> Editor::apply(const Json& workspace_edit) {
  std::vector<std::string> out;
  const Json changes = workspace_edit.value("changes", Json::object());
  for (const auto& [uri, edits] : changes.items()) {
    out.push_back(path_of_uri(uri));
    apply_to(out.back(), edits);
  }
  for (const Json& change : workspace_edit.value("documentChanges", Json::array())) {
    const bool is_new = change.value("kind", "") == "create";
    const Json& uri = is_new ? change.at("uri") : change.at("textDocument").at("uri");
    const std::string path = path_of_uri(uri.get<std::string>());
    if (std::find(out.begin(), out.end(), path) == out.end()) out.push_back(path);
    if (is_new) {
      write(path, {});
      continue;
    }
    const Json& version = change.at("textDocument").at("version");
    if (version.is_number() && (!is_open(path) || version != documents_.at(path).version)) {
      throw std::runtime_error("the edit of " + path + " is for another version");
    }
    apply_to(path, change.at("edits"));
  }
  return out;
}

/// All edits are of the text before them; from the last to the first none moves another.
void Editor::apply_to(const std::string& path, const Json& edits) {
  if (!is_open(path)) {
    if (text(path) == nullptr) open(path, MarkedText{});
    if (!is_open(path)) open(path);
  }
  auto ordered = edits.get<std::vector<Json>>();
  std::stable_sort(ordered.begin(), ordered.end(), [](const Json& a, const Json& b) {
    return read_position(a["range"]["start"]) < read_position(b["range"]["start"]);
  });
  for (size_t i = 1; i < ordered.size(); ++i) {
    if (read_position(ordered[i]["range"]["start"]) <
        read_position(ordered[i - 1]["range"]["end"])) {
      throw std::runtime_error("edits of " + path + " overlap");
    }
  }
  for (auto one = ordered.rbegin(); one != ordered.rend(); ++one) {
    edit(path, one->at("range"), one->at("newText").get<std::string>());
  }
}

// --- what is said -----------------------------------------------------------------------------

Json Editor::in(const std::string& path) {
  opened_by_need(path);
  return {{"textDocument", {{"uri", uri(path)}}}};
}

Json Editor::at(const std::string& name) {
  const Spot& there = spot(name);
  Json out = in(there.path);
  out["position"] = position(there.path, there.begin);
  return out;
}

Editor::Answer Editor::ask(const std::string& method, const Json& params) {
  const Json answer = client_.request(method, params);
  Answer out;
  out.result = answer.value("result", Json());
  if (answer.contains("error")) {
    const Json& error = answer["error"];
    out.error = "error " + error["code"].dump() + ": " + error["message"].get<std::string>();
  }
  return out;
}

void Editor::settle() {
  // When a question is answered, all that was told before it lies ready.
  if (documents_.empty()) {
    constexpr auto kWhile = std::chrono::milliseconds(200);
    client_.idle(kWhile);
  } else {
    client_.request("textDocument/documentSymbol", in(documents_.begin()->first));
  }
  client_.take_in_all();
  take_in();
}

void Editor::take_in() {
  for (const auto& [method, params] : client_.take_notifications()) {
    if (method == "textDocument/publishDiagnostics") {
      pushed_[path_of_uri(params.at("uri"))] = params;
    } else if (method == "window/showMessage") {
      told_.push_back("told: " + params["message"].get<std::string>());
    }
  }
}

std::optional<Json> Editor::diagnostics(const std::string& path) {
  if (pulls_ && is_open(path)) {
    const Answer answer = ask("textDocument/diagnostic", in(path));
    if (!answer.error.empty()) throw std::runtime_error(answer.error);
    return answer.result.at("items");
  }
  settle();
  const auto found = pushed_.find(path);
  if (found == pushed_.end()) return std::nullopt;
  const Json& params = found->second;
  if (is_open(path) && params.contains("version") &&
      params["version"] != documents_.at(path).version) {
    throw std::runtime_error("the last diagnostics are of version " + params["version"].dump() +
                             ", the document of " + std::to_string(documents_.at(path).version));
  }
  return params.at("diagnostics");
}

Json Editor::previous_results() const {
  Json out = Json::array();
  for (const auto& [uri, id] : results_) out.push_back({{"uri", uri}, {"value", id}});
  return out;
}

std::optional<Json> Editor::pull_workspace() {
  constexpr auto kPatience = std::chrono::seconds(1);
  if (!workspace_pull_) {
    workspace_pull_ =
        client_.send_request("workspace/diagnostic", {{"previousResultIds", previous_results()}});
  }
  const std::optional<Json> answer = client_.response_within(*workspace_pull_, kPatience);
  if (!answer) return std::nullopt;
  workspace_pull_.reset();
  if (!answer->contains("result")) throw std::runtime_error(answer->dump());
  return answer->at("result");
}

std::vector<std::string> Editor::take_told() {
  settle();
  return std::exchange(told_, {});
}

}  // namespace belay::lsp::testing
