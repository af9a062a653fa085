#pragma once

#include <ostream>
#include <string>
#include <vector>

#include <belay/session.h>

namespace belay::testing {

/// A tool whose table is kept in sync: how it notes the first migration, and what it would itself
/// have written about the others, after the statements in its own sources. The checksums were made
/// by other programs: `crc32`, `sha256sum` and `sha384sum`.
struct KeptTool {
  const char* tool;
  const char* table;
  const char* first;  ///< the statement by which the tool notes the first migration
  /// One text for each row, in SQL that both engines read; `HEX(checksum)` is put in by the engine.
  const char* row;
  // Rows in the order of their texts.
  std::vector<std::string> begin;    ///< behind that
  std::vector<std::string> applied;  ///< the second and the third are applied
  std::vector<std::string> back;     ///< the third is taken back
  // The third runs statement by statement and stops at its second one, up or down, and then goes on
  // with a corrected text. Of a tool that tells nothing of it, `back` and `applied`.
  std::vector<std::string> half_up = {};
  std::vector<std::string> half_down = {};
  /// Where a failure leaves a row of its own behind.
  std::vector<std::string> applied_at_last = {};
  std::vector<std::string> back_at_last = {};

  friend void PrintTo(const KeptTool& tool, std::ostream* out) { *out << tool.tool; }
};

inline const std::vector<KeptTool>& kept_tools() {
  static const std::vector<KeptTool> kTools = {
      {"golang-migrate",
       "schema_migrations",
       "INSERT INTO schema_migrations (version, dirty) VALUES (1, 1 = 0)",
       "version || CASE WHEN dirty THEN ' dirty' ELSE '' END",
       {"1"},
       {"3"},
       {"2"},
       {"3 dirty"},
       {"2 dirty"}},
      {"dbmate",
       "schema_migrations",
       "INSERT INTO schema_migrations (version) VALUES ('0001')",
       "version",
       {"0001"},
       {"0001", "0002", "0003"},
       {"0001", "0002"}},
      {"goose",
       "goose_db_version",
       "INSERT INTO goose_db_version (version_id, is_applied) VALUES (1, 1 = 1)",
       "id || ' ' || version_id || CASE WHEN is_applied THEN ' applied' ELSE '' END || CASE WHEN "
       "tstamp IS NULL THEN '' ELSE ' at' END",
       {"1 0 applied at", "2 1 applied at"},
       {"1 0 applied at", "2 1 applied at", "3 2 applied at", "4 3 applied at"},
       {"1 0 applied at", "2 1 applied at", "3 2 applied at"}},
      {"diesel",
       "__diesel_schema_migrations",
       "INSERT INTO __diesel_schema_migrations (version) VALUES ('0001')",
       "version || CASE WHEN run_on IS NULL THEN '' ELSE ' at' END",
       {"0001 at"},
       {"0001 at", "0002 at", "0003 at"},
       {"0001 at", "0002 at"}},
      {"sqlx",
       "_sqlx_migrations",
       "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) "
       "VALUES (1, 'first', 1 = 1, '', 12)",
       "version || ' ' || description || CASE WHEN success THEN ' success ' ELSE ' dirty ' END || "
       "HEX(checksum) || CASE WHEN execution_time < 0 THEN ' begun' ELSE '' END",
       {"1 first success "},
       {"1 first success ",
        "2 second one success "
        "c09dbbd214a0cfd4c0f745bd0934c89f52f650f4c846f9b4af03539152d7710f6ceee466c53e743b8bc4781093"
        "33ad4c",
        "3 third success "
        "bc1639ae59a5bc1a4cd01b15be564d8ab06c28af16e3cc5b668e9b54cae443ede1a3de3d3e0891b0d6ce6eed7c"
        "1fc6b2"},
       {"1 first success ",
        "2 second one success "
        "c09dbbd214a0cfd4c0f745bd0934c89f52f650f4c846f9b4af03539152d7710f6ceee466c53e743b8bc4781093"
        "33ad4c"},
       {"1 first success ",
        "2 second one success "
        "c09dbbd214a0cfd4c0f745bd0934c89f52f650f4c846f9b4af03539152d7710f6ceee466c53e743b8bc4781093"
        "33ad4c",
        "3 third dirty "
        "0498ca98c7f7eede7e7794b9173f7d41c9161d1212b6c883372e741d46f78ba9470ee7a672790c2e27c043d188"
        "2485d2 begun"},
       {"1 first success ",
        "2 second one success "
        "c09dbbd214a0cfd4c0f745bd0934c89f52f650f4c846f9b4af03539152d7710f6ceee466c53e743b8bc4781093"
        "33ad4c",
        "3 third dirty "
        "bc1639ae59a5bc1a4cd01b15be564d8ab06c28af16e3cc5b668e9b54cae443ede1a3de3d3e0891b0d6ce6eed7c"
        "1fc6b2"}},
      {"flyway",
       "flyway_schema_history",
       "INSERT INTO flyway_schema_history (installed_rank, version, description, type, script, "
       "checksum, installed_by, execution_time, success) VALUES (1, '0001', 'first', 'SQL', "
       "'0001_first.sql', 7, 'they', 12, 1 = 1)",
       "installed_rank || ' ' || version || ' ' || description || ' ' || type || ' ' || script || "
       "' ' || checksum || CASE WHEN success THEN ' success' ELSE ' failed' END || CASE WHEN "
       "installed_on IS NULL THEN '' ELSE ' at' END",
       {"1 0001 first SQL 0001_first.sql 7 success at"},
       {"1 0001 first SQL 0001_first.sql 7 success at",
        "2 0002 second one SQL 0002_second_one.sql -659083308 success at",
        "3 0003 third SQL 0003_third.sql 930432234 success at"},
       {"1 0001 first SQL 0001_first.sql 7 success at",
        "2 0002 second one SQL 0002_second_one.sql -659083308 success at",
        "3 0003 third SQL 0003_third.sql 930432234 success at",
        "4 0003 third UNDO_SQL 0003_third.down.sql -766362189 success at"},
       {"1 0001 first SQL 0001_first.sql 7 success at",
        "2 0002 second one SQL 0002_second_one.sql -659083308 success at",
        "3 0003 third SQL 0003_third.sql 1325558595 failed at"},
       {"1 0001 first SQL 0001_first.sql 7 success at",
        "2 0002 second one SQL 0002_second_one.sql -659083308 success at",
        "3 0003 third SQL 0003_third.sql 930432234 success at",
        "4 0003 third UNDO_SQL 0003_third.down.sql -125482639 failed at"}},
      {"prisma",
       "_prisma_migrations",
       "INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, started_at, "
       "applied_steps_count) VALUES ('a', 'b', '0001_first', CURRENT_TIMESTAMP, CURRENT_TIMESTAMP, "
       "1)",
       "migration_name || ' ' || checksum || CASE WHEN finished_at IS NULL THEN '' ELSE ' "
       "finished' END || CASE WHEN rolled_back_at IS NULL THEN '' ELSE ' rolled back' END || ' ' "
       "|| applied_steps_count || CASE WHEN logs IS NULL THEN '' ELSE ' logs' END",
       {"0001_first b finished 1"},
       {"0001_first b finished 1",
        "0002_second_one da26717b4a1a486c2c38937ff5b53491e1b587508834fede663d344ae635d21e finished "
        "1",
        "0003_third 11cc05d960055c420c52c7f4f1644aab2a3602758f1342968538ba02e286d029 finished 1"},
       {"0001_first b finished 1",
        "0002_second_one da26717b4a1a486c2c38937ff5b53491e1b587508834fede663d344ae635d21e finished "
        "1",
        "0003_third 11cc05d960055c420c52c7f4f1644aab2a3602758f1342968538ba02e286d029 finished "
        "rolled back 1"},
       {"0001_first b finished 1",
        "0002_second_one da26717b4a1a486c2c38937ff5b53491e1b587508834fede663d344ae635d21e finished "
        "1",
        "0003_third 4587ba29e94d3cbbc611fe9ba21331f606e20cb6852bd35a8b048c147edfbad1 0 logs"},
       {"0001_first b finished 1",
        "0002_second_one da26717b4a1a486c2c38937ff5b53491e1b587508834fede663d344ae635d21e finished "
        "1",
        "0003_third 11cc05d960055c420c52c7f4f1644aab2a3602758f1342968538ba02e286d029 0 logs",
        "0003_third 11cc05d960055c420c52c7f4f1644aab2a3602758f1342968538ba02e286d029 finished 1"},
       {"0001_first b finished 1",
        "0002_second_one da26717b4a1a486c2c38937ff5b53491e1b587508834fede663d344ae635d21e finished "
        "1",
        "0003_third 11cc05d960055c420c52c7f4f1644aab2a3602758f1342968538ba02e286d029 finished 1",
        "0003_third 4587ba29e94d3cbbc611fe9ba21331f606e20cb6852bd35a8b048c147edfbad1 rolled back 0 "
        "logs"},
       {"0001_first b finished 1",
        "0002_second_one da26717b4a1a486c2c38937ff5b53491e1b587508834fede663d344ae635d21e finished "
        "1",
        "0003_third 11cc05d960055c420c52c7f4f1644aab2a3602758f1342968538ba02e286d029 finished "
        "rolled back 1",
        "0003_third 11cc05d960055c420c52c7f4f1644aab2a3602758f1342968538ba02e286d029 rolled back 0",
        "0003_third 11cc05d960055c420c52c7f4f1644aab2a3602758f1342968538ba02e286d029 rolled back 0 "
        "logs"}},
      {"node-pg-migrate",
       "pgmigrations",
       "INSERT INTO pgmigrations (name, run_on) VALUES ('0001_first', CURRENT_TIMESTAMP)",
       "id || ' ' || name || CASE WHEN run_on IS NULL THEN '' ELSE ' at' END",
       {"1 0001_first at"},
       {"1 0001_first at", "2 0002_second_one at", "3 0003_third at"},
       {"1 0001_first at", "2 0002_second_one at"}},
  };
  return kTools;
}

}  // namespace belay::testing
