// Many rows, some thousand at a time: what is stopped goes on behind its last batch.
#include <belay/migrations.h>

namespace {

class RoundPrices : public belay::DataMigration {
 public:
  std::string version() const override { return "0004"; }
  std::string description() const override { return "round prices"; }
  std::vector<std::string> dependencies() const override { return {"0001"}; }

  Batches batches() const override { return {.table = "products", .key = "id", .size = 1000}; }
  void process(belay::Database& db, const belay::runtime::Batch& batch) override {
    db.execute("UPDATE products SET price = round(price, 2) WHERE id BETWEEN ? AND ?", batch.first,
               batch.last);
  }
};
BELAY_MIGRATION(RoundPrices);

}  // namespace
