#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace belay::sql::sqlite {

/// The tokens of a statement as texts.
using TokenTexts = std::vector<std::string>;

TokenTexts token_texts(std::string_view statement);
std::string joined(const TokenTexts& tokens);

/// Every keyword of the SQLite that is linked, every operator, and some names and literals.
const TokenTexts& token_pool();

/// Makes near-misses of statements: tokens deleted, doubled, swapped, replaced, inserted, the tail
/// cut off, the head of one statement put before the tail of another. The same seed gives the
/// same ones on every platform.
class Mutator {
 public:
  Mutator(std::vector<TokenTexts> seeds, uint32_t seed) : seeds_(std::move(seeds)), random_(seed) {}

  std::string next();

 private:
  size_t below(size_t bound) { return random_() % bound; }
  const TokenTexts& any_seed() { return seeds_[below(seeds_.size())]; }
  const std::string& any_token() { return token_pool()[below(token_pool().size())]; }
  void mutate(TokenTexts& tokens);

  std::vector<TokenTexts> seeds_;
  std::mt19937 random_;
};

}  // namespace belay::sql::sqlite
