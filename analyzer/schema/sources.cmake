set(BELAY_SCHEMA_SOURCES
  schema/generated_names.cc
  schema/replay.cc
  schema/schema.cc)
