/** Something about a baseline that its user should know; shown with it for as long as it lives. */
export interface BaselineWarning {
  readonly code:
    | 'all_missing'
    | 'constant'
    | 'few_distinct'
    | 'identifier'
    | 'ignored'
    | 'leading_zeros'
    | 'malformed_rows'
    | 'mixed_types'
    | 'numeric_text'
    | 'reduced'
    | 'segments_folded'
    | 'small'
    | 'source'
    | 'untimed_rows';
  /** `null` when it concerns the whole baseline. */
  readonly field: string | null;
  readonly message: string;
}
