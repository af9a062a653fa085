set(BELAY_EFFECTS_SOURCES
  effects/effect.cc
  effects/postgres.cc
  effects/sqlite.cc
  effects/type_change.cc
  effects/volatility.cc)
