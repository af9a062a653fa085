#pragma once

#include <functional>
#include <string>

#include "lsp/features/code_lens.h"
#include "lsp/features/feature_input.h"
#include "lsp/features/inlay_hints.h"
#include "lsp/server_world.h"

namespace belay::lsp {

/// The requests that are answered from what is known of one document: each is a feature, a function
/// of a `FeatureInput`, and the way its result is written. Used on the main thread.
class FeatureRequests {
 public:
  /// Binds them. `lenses` and `hints` say what they have to know beside the document.
  FeatureRequests(ServerWorld world, std::function<CodeLensOptions()> lenses,
                  std::function<InlayHintOptions()> hints);

  enum class Freshness : uint8_t {
    kExact,   ///< places in the request are of this text: another one makes the answer useless
    kNewest,  ///< the client asks for whatever is there
  };
  /// How an answer comes about: on the analysis thread, behind every change before it.
  using Feature = std::function<Result<std::string>(const FeatureInput&)>;
  /// Has `feature` answer for the document, or an error that says why it cannot.
  void answer(const std::string& uri, Freshness freshness, Reply reply, Feature feature) const;

 private:
  template <class Params, class Answer>
  void bind(const char* method, Freshness freshness, Answer answer);
  void bind_diagnostics();
  void bind_names();
  void bind_code_actions();
  void bind_code_lenses();
  void bind_structure();
  void bind_completion();
  void bind_rename();
  void bind_hints_and_tokens();
  void resolve_completion(const Json& params, const Reply& reply) const;
  void resolve_code_action(const Json& params, const Reply& reply) const;
  void resolve_code_lens(const Json& params, const Reply& reply) const;

  const ServerWorld world_;
  const std::function<CodeLensOptions()> lenses_;
  const std::function<InlayHintOptions()> hints_;
};

}  // namespace belay::lsp
