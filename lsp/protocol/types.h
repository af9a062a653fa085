#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analyzer/text/document.h"
#include "analyzer/text/line_table.h"

/// The structures of the Language Server Protocol, as far as they are used here, with the
/// protocol's names. Plain values: `params.h` reads those that come in, `results.h` writes those
/// that go out.
namespace belay::lsp {

// --- what goes out ----------------------------------------------------------------------------

struct Location {
  std::string uri;
  PositionRange range;

  friend bool operator==(const Location&, const Location&) = default;
};

struct Command {
  std::string title;
  std::string command;
  std::string arguments;  ///< a JSON array as text; empty: none
};

enum class DiagnosticSeverity : uint8_t { kError = 1, kWarning, kInformation, kHint };
enum class DiagnosticTag : uint8_t { kUnnecessary = 1, kDeprecated };

struct DiagnosticRelatedInformation {
  Location location;
  std::string message;
};

struct Diagnostic {
  PositionRange range;
  DiagnosticSeverity severity = DiagnosticSeverity::kWarning;
  std::string code;       ///< a rule's id; empty: none
  std::string code_href;  ///< empty: none
  std::string message;
  std::vector<DiagnosticRelatedInformation> related;
  std::optional<DiagnosticTag> tag;
  std::string id;  ///< goes along in `data`; empty: none
};

/// What there is to tell of one file of the workspace.
struct WorkspaceDocumentReport {
  std::string uri;
  std::optional<int64_t> version;  ///< where the file is open
  std::string result_id;
  std::string_view diagnostics;  ///< a JSON array
};

struct TextDocumentEdit {
  std::string uri;
  std::optional<int64_t> version;
  std::vector<std::pair<PositionRange, std::string>> edits;
};

struct WorkspaceEdit {
  std::vector<TextDocumentEdit> documents;
  std::vector<std::string> created;  ///< URIs of files that are made before anything is edited
  std::vector<std::pair<std::string, std::string>> renamed = {};  ///< from URI to URI
};

/// What an action takes along to come back for its edit with, when it is chosen.
struct CodeActionData {
  enum class What : uint8_t { kDown, kFixAll, kSplit };
  std::string uri;
  std::string migration;
  bool complete = false;  ///< a down that is there; else a new one
  What what = What::kDown;
  std::string rule;        ///< kFixAll: of one rule; empty: of all
  uint32_t statement = 0;  ///< kSplit: in the migration's up

  friend bool operator==(const CodeActionData&, const CodeActionData&) = default;
};

/// The kinds of action that are offered. A kind is a path: `a` covers `a.b`.
namespace action_kinds {
inline constexpr std::string_view kQuickFix = "quickfix";
inline constexpr std::string_view kRewrite = "refactor.rewrite";
inline constexpr std::string_view kSourceFixAll = "source.fixAll";
inline constexpr std::string_view kFixAll = "source.fixAll.belay";
}  // namespace action_kinds

struct CodeAction {
  std::string title;
  std::string kind;
  std::vector<Diagnostic> diagnostics;
  bool is_preferred = false;
  std::optional<WorkspaceEdit> edit;
  std::optional<Command> command;
  std::optional<CodeActionData> data;
};

struct Hover {
  std::string contents;
  PositionRange range;
};

struct DocumentHighlight {
  PositionRange range;
  bool is_write = false;  ///< it makes, drops or renames what it names
};

enum class SymbolKind : uint8_t {
  kFile = 1,
  kProperty = 7,
  kField = 8,
  kEnum = 10,
  kFunction = 12,
  kKey = 20,
  kStruct = 23,
};

struct DocumentSymbol {
  std::string name;
  std::string detail;
  SymbolKind kind = SymbolKind::kStruct;
  PositionRange range;
  PositionRange selection;  ///< the name
  std::vector<DocumentSymbol> children;
};

/// What a lens without its text takes along to come back for it with, when it is seen.
struct CodeLensData {
  enum class What : uint8_t { kRisk, kVerdict };
  std::string uri;
  int64_t version = 0;  ///< of the document that the lens was offered for
  std::string migration;
  What what = What::kRisk;
};

struct WorkspaceSymbol {
  std::string name;
  std::string container;
  SymbolKind kind = SymbolKind::kStruct;
  Location location;
  bool is_gone = false;  ///< a later migration drops it
};

struct CodeLens {
  PositionRange range;
  Command command;                   ///< without a title where there is `data`
  std::optional<CodeLensData> data;  ///< none: the command is whole
};

struct FoldingRange {
  enum class Kind : uint8_t { kPlain, kComment, kRegion };
  uint32_t start_line = 0;
  uint32_t end_line = 0;
  Kind kind = Kind::kPlain;

  friend bool operator==(const FoldingRange&, const FoldingRange&) = default;
};

struct DocumentLink {
  PositionRange range;
  std::string target;  ///< a URI
  std::string tooltip;
};

enum class MessageType : uint8_t { kError = 1, kWarning, kInfo, kLog };

/// Something that a further command may name.
struct Choice {
  std::string name;
  std::string description;
  bool counts = false;  ///< it is what counts now
};

/// What our commands answer: whether they did what they were asked for, and what to tell.
struct CommandResult {
  bool done = false;
  std::string message;
  std::string report;                          ///< Markdown; empty: none
  std::optional<std::vector<Choice>> choices;  ///< none where the command is not asked for them
};

// --- what comes in ----------------------------------------------------------------------------

struct TextDocumentItem {
  std::string uri;
  std::string language_id;
  int64_t version = 0;
  std::string text;
};

struct DidChangeParams {
  std::string uri;
  int64_t version = 0;
  std::vector<ContentChange> changes;
};

struct TextDocumentParams {
  std::string uri;
};

struct TextDocumentPositionParams {
  std::string uri;
  Position position;
};

struct CompletionParams {
  std::string uri;
  Position position;
  std::string trigger;  ///< the character that asked; empty: a person, or a word that grows
};

struct RangeParams {
  std::string uri;
  PositionRange range;
};

struct RenameParams {
  std::string uri;
  Position position;
  std::string new_name;
};

struct ReferenceParams {
  std::string uri;
  Position position;
  bool with_declaration = false;
};

struct SelectionRangeParams {
  std::string uri;
  std::vector<Position> positions;
};

/// Files that are about to be made, or were made just now.
struct CreatedFiles {
  std::vector<std::string> uris;
};

/// A file that was, or will be, renamed.
struct FileRename {
  std::string old_uri;
  std::string new_uri;
};

/// Of `belay/schema`: around which migration of the file.
struct SchemaParams {
  enum class When : uint8_t { kBefore, kAfter };
  std::string uri;
  std::string migration;  ///< its id; empty: the first in the file
  When when = When::kAfter;
};

struct DocumentDiagnosticParams {
  std::string uri;
  std::string previous_result_id;
};

struct PreviousResultId {
  std::string uri;
  std::string value;
};

struct WorkspaceDiagnosticParams {
  std::vector<PreviousResultId> previous;
};

struct WorkspaceSymbolParams {
  std::string query;
};

/// A diagnostic that comes back: as much as is needed to know it again.
struct DiagnosticReference {
  PositionRange range;
  std::string code;
  std::string id;
};

struct CodeActionParams {
  std::string uri;
  PositionRange range;
  std::vector<DiagnosticReference> diagnostics;  ///< ours
  std::vector<std::string> only;                 ///< kinds; empty: all
};

/// What our commands take as their only argument. All of it may be missing.
struct CommandArguments {
  std::string uri;
  std::string migration;           ///< its id
  std::optional<int64_t> version;  ///< of the document that the command was offered for
  std::string rule;
  std::string name;               ///< of a migration that is to be made
  std::string snapshot;           ///< the session that took it
  std::optional<uint32_t> steps;  ///< how many migrations
};

struct ExecuteCommandParams {
  std::string command;
  CommandArguments arguments;
  std::string work_done_token;  ///< as JSON text; empty: none
};

struct FileEvent {
  enum class Type : uint8_t { kCreated = 1, kChanged, kDeleted };
  std::string uri;
  Type type = Type::kChanged;
};

struct WorkspaceFolder {
  std::string uri;
  std::string name;
};

struct WorkspaceFoldersChange {
  std::vector<WorkspaceFolder> added;
  std::vector<WorkspaceFolder> removed;
};

/// What an editor may set. Everything that is a project's own stands in belay.toml.
struct ClientSettings {
  std::optional<std::string> environment;
  std::optional<bool> untrusted;
  std::optional<std::string> inlay_hints;  ///< `off`, `risky`, `all`
  /// Whether all files of the workspace are told of, open or not.
  std::optional<bool> workspace_diagnostics;
};

}  // namespace belay::lsp
