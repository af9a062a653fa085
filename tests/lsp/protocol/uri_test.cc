#include "lsp/protocol/uri.h"

#include <gtest/gtest.h>

namespace belay::lsp {
namespace {

TEST(Uri, LeadsToAPath) {
  EXPECT_EQ(path_of_uri("file:///a/b.sql"), "/a/b.sql");
  EXPECT_EQ(path_of_uri("file:/a/b.sql"), "/a/b.sql");
  EXPECT_EQ(path_of_uri("FILE://localhost/a/b.sql"), "/a/b.sql");
  EXPECT_EQ(path_of_uri("file:///a%20b/%C3%A9%23.sql"), "/a b/é#.sql");
  EXPECT_EQ(path_of_uri("file:///a/../c//d.sql?x#y"), "/c/d.sql");
  EXPECT_EQ(path_of_uri("file:///c%3A/Users/x.sql"), "/c:/Users/x.sql");
}

TEST(Uri, HasNoPathWhereItIsNoFileOfOurs) {
  for (const char* uri : {"untitled:Untitled-1", "git:/a/b.sql", "file://host/a.sql",
                          "file:", "file://", "", "a.sql", "file:///a%00b.sql"}) {
    EXPECT_EQ(path_of_uri(uri), std::nullopt) << uri;
  }
}

TEST(Uri, ComesFromAPathAndBack) {
  for (const char* path : {"/a/b.sql", "/with space/é.sql", "/100%/#x?.sql", "/c:/x.sql"}) {
    EXPECT_EQ(path_of_uri(uri_of_path(path)), path);
  }
  EXPECT_EQ(uri_of_path("/a b/é.sql"), "file:///a%20b/%C3%A9.sql");
}

TEST(Uri, IsTheSameHoweverItIsEscaped) {
  EXPECT_EQ(uri_key("file:///c%3A/x.sql"), uri_key("file:///c:/x.sql"));
  EXPECT_EQ(uri_key("file:///a%2Fb.sql"), uri_key("file:///a/b.sql"));
  EXPECT_NE(uri_key("untitled:1"), uri_key("untitled:2"));
}

TEST(Uri, EscapesThatAreNoneStay) {
  EXPECT_EQ(percent_decoded("100%"), "100%");
  EXPECT_EQ(percent_decoded("%4"), "%4");
  EXPECT_EQ(percent_decoded("%zz%41"), "%zzA");
}

}  // namespace
}  // namespace belay::lsp
