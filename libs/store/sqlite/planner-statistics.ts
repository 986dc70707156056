/**
 * What the planner shall believe of the tables, as SQLite's documentation advises where plans must
 * not change with the data: a million evaluations of 20 monitors with 25 units each. Without this
 * it takes all indexes for equally selective; with a real ANALYZE, plans would depend on its time.
 * Per index: rows, then rows per distinct value of the first column, the first two, and so on.
 * Source: https://sqlite.org/fileformat2.html#stat1tab and https://sqlite.org/queryplanner-ng.html
 */
const STATISTICS: readonly (readonly [table: string, index: string, figures: string])[] = [
  ['evaluations', 'sqlite_autoindex_evaluations_1', '1000000 500000 25000 25 25 10 1 1'],
  ['evaluations', 'evaluations_by_window', '1000000 500000 500 500 25 10 1 1 1'],
  ['evaluations', 'evaluations_by_verdict', '1000000 500000 20000 100 100 10 4 1 1 1'],
  ['evaluations', 'evaluations_by_field', '1000000 500000 4000 8 8 2 1 1 1'],
  ['publications', 'sqlite_autoindex_publications_1', '40000 20000 1000 2 2 1'],
  ['publications', 'publications_by_end', '40000 20'],
  ['evaluation_heads', 'sqlite_autoindex_evaluation_heads_1', '1000 500 25 5 1'],
  ['evaluation_heads', 'evaluation_heads_by_end', '1000 50'],
];

/** Replaces the planner's statistics; they count from a connection's next start. */
export const PLANNER_STATISTICS_SCRIPT = [
  'BEGIN IMMEDIATE',
  // Only this creates the table.
  'ANALYZE sqlite_schema',
  'DELETE FROM sqlite_stat1',
  ...STATISTICS.map(
    ([table, index, figures]) =>
      `INSERT INTO sqlite_stat1 VALUES ('${table}', '${index}', '${figures}')`,
  ),
  'COMMIT',
  'ANALYZE sqlite_schema',
].join('; ');
