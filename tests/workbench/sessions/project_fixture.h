#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/runtime/test_database.h"
#include "workbench/sessions.h"

namespace belay::workbench {

/// A project on the disk, with a database beside it, as a person has one.
class ProjectFixture : public ::testing::Test {
 protected:
  void write(const std::string& name, const std::string& text) const {
    const std::string path = directory_.file(name);
    std::filesystem::create_directories(std::filesystem::path(path).parent_path());
    testing::write_bytes(path, text);
  }
  std::string file(const std::string& name) const { return directory_.file(name); }

  SessionRequest request() const {
    SessionRequest out;
    out.path = directory_.path();
    out.environment = [this](const std::string& name) -> std::optional<std::string> {
      const auto found = variables_.find(name);
      return found == variables_.end() ? std::nullopt : std::optional(found->second);
    };
    return out;
  }
  static SessionTarget expect_target(const SessionRequest& request) {
    Result<SessionTarget> found = find_target(DiskFileSystem(), request);
    EXPECT_TRUE(found.ok()) << found.error().to_string();
    return *std::move(found);
  }
  SessionTarget target() const { return expect_target(request()); }

  template <class T>
  static T expect(Result<T> result) {
    EXPECT_TRUE(result.ok()) << result.error().to_string();
    return result ? *std::move(result) : T{};
  }

  testing::TemporaryDirectory directory_;
  std::map<std::string, std::string> variables_;
};

}  // namespace belay::workbench
