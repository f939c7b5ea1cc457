// SPDX-License-Identifier: MIT
#include <thorax/data/manifest.hpp>

#include "support/catch.hpp"

#include <string>

using thorax::manifest;
using thorax::parse_csv;

namespace {

std::string refusal_of(const std::string& text)
{
  try {
    const manifest read{parse_csv(text, "m.csv")};
  }
  catch (const thorax::error& refused) {
    CHECK(refused.code() == thorax::error_code::format_refused);
    return refused.what();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("a manifest gives patient and fold by class and file, whatever the order of its columns", "[data]")
{
  const manifest read{parse_csv("class,other,patient_fold,file,patient\nA,x,3,f.png,p1\nB,,,f.png,p2\n", "m.csv")};
  CHECK(read.size() == 2);
  CHECK(read.at("A", "f.png").patient == "p1");
  CHECK(read.at("A", "f.png").fold == 3);
  CHECK(read.at("B", "f.png").patient == "p2");
  CHECK(read.at("B", "f.png").fold == -1);
}

TEST_CASE("a manifest without folds leaves them open", "[data]")
{
  const manifest read{parse_csv("file,class,patient\nf.png,A,p1\n", "m.csv")};
  CHECK(read.at("A", "f.png").fold == -1);
}

TEST_CASE("a manifest is refused with the line that is wrong", "[data]")
{
  const std::string head = "file,class,patient,patient_fold\n";
  CHECK(refusal_of("file,class\n").find("expected a column 'patient'") != std::string::npos);
  CHECK(refusal_of(head + "f,A,,0\n") == "'m.csv', line 2: the field 'patient' is empty");
  CHECK(refusal_of(head + "f,A,p,0\nf,A,p,0\n") == "'m.csv', line 3: the film 'f' of class A stands twice");
  for (const char* fold : {"-1", "x", "1x", "1.0", "10000", " 1"}) {
    INFO(fold);
    CHECK(refusal_of(head + "f,A,p," + fold + "\n") ==
          "'m.csv', line 2: expected a patient_fold from 0 to 9999, found '" + std::string{fold} + "'");
  }
}

TEST_CASE("a film that the manifest does not list is refused, because its patient is unknown", "[data]")
{
  const manifest read{parse_csv("file,class,patient\nf.png,A,p1\n", "m.csv")};
  CHECK_THROWS_AS(read.at("B", "f.png"), thorax::error);
  CHECK_THROWS_AS(read.at("A", "g.png"), thorax::error);
}
