set(BELAY_ROLLBACK_SOURCES
  rollback/data_loss.cc
  rollback/reversibility.cc
  rollback/risk.cc
  rollback/row_flow.cc
  rollback/verdict.cc)
