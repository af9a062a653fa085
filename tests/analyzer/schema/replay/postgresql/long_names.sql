CREATE TABLE a_table_whose_name_is_so_long_that_no_suffix_can_fit_behind_it (
  a_column_whose_name_is_also_rather_long_as_these_things_go int PRIMARY KEY,
  b int UNIQUE,
  c int CHECK (c > 0),
  d int REFERENCES a_table_whose_name_is_so_long_that_no_suffix_can_fit_behind_it
);
CREATE TABLE short (
  a_column_whose_name_is_also_rather_long_as_these_things_go int UNIQUE,
  another_column_whose_name_is_long_too_and_then_some_more int,
  UNIQUE (a_column_whose_name_is_also_rather_long_as_these_things_go, another_column_whose_name_is_long_too_and_then_some_more)
);
CREATE TABLE "größe_der_lieferung_in_zentimetern_und_nicht_in_zoll" (
  "länge_über_alles_gemessen_am_größten_ausschlag" int UNIQUE
);
CREATE INDEX ON "größe_der_lieferung_in_zentimetern_und_nicht_in_zoll" ("länge_über_alles_gemessen_am_größten_ausschlag");
