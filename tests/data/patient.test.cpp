// SPDX-License-Identifier: MIT
#include <thorax/data/patient.hpp>

#include "support/catch.hpp"

using thorax::patient_of;

TEST_CASE("the four patterns of the Kermany set give one key a child", "[data]")
{
  CHECK(patient_of("person1000_bacteria_2931.jpeg") == "B1000");
  CHECK(patient_of("person1000_virus_1681.jpeg") == "V1000");
  CHECK(patient_of("person1052_virus_1751_2.jpeg") == "V1052");
  CHECK(patient_of("IM-0115-0001.jpeg") == "N1-0115");
  CHECK(patient_of("IM-0115-0001-0002.jpeg") == "N1-0115");
  CHECK(patient_of("NORMAL2-IM-0383-0001.jpeg") == "N2-0383");
  CHECK(patient_of("NORMAL2-IM-0383-0001-0003.jpeg") == "N2-0383");
}

TEST_CASE("the names of the set's third version are understood too", "[data]")
{
  CHECK(patient_of("NORMAL-1049278-0001.jpeg") == "N3-1049278");
  CHECK(patient_of("BACTERIA-1049278-0003.jpeg") == "B3-1049278");
  CHECK(patient_of("VIRUS-1049278-0003.jpeg") == "V3-1049278");
}

TEST_CASE("the extension and the case of a name do not matter", "[data]")
{
  CHECK(patient_of("PERSON7_Bacteria_1.PNG") == "B7");
  CHECK(patient_of("im-0001-0001.jpg") == "N1-0001");
}

TEST_CASE("a name that only resembles a pattern gives no patient", "[data]")
{
  for (const char* name : {"person_bacteria_1.jpeg", "person7_fungus_1.jpeg", "person7_bacteria_.jpeg",
                           "person7_bacteria_1", "person7_bacteria_1_.jpeg", "person7_bacteria_1_2_3.jpeg",
                           "IM-0115.jpeg", "IM-0115-.jpeg", "IM-0115-0001-.jpeg", "NORMAL2-0383-0001.jpeg",
                           "NORMAL-1-2-3.jpeg", "BACTERIA-x-1.jpeg", "scan.png", "", ".png",
                           "person7_bacteria_1.a.jpeg"}) {
    INFO(name);
    CHECK_FALSE(patient_of(name).has_value());
  }
}
