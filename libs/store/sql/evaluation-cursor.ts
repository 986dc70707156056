import { createHash } from 'node:crypto';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import type { EvaluationQuery } from '../port.ts';
import { canonicalJson } from './canonical-json.ts';

/** The place of one evaluation in a listing; ordered by all of it, from first to last. */
export interface EvaluationPosition {
  readonly window_end: number;
  readonly window_start: number;
  readonly monitor: string;
  readonly segment_key: string;
  readonly field_key: string;
  readonly revision: number;
}

/** An opaque text for "go on after this evaluation", good for the same filters only. */
export function encodeCursor(query: EvaluationQuery, position: EvaluationPosition): string {
  const { window_end, window_start, monitor, segment_key, field_key, revision } = position;
  const keys = [window_end, window_start, monitor, segment_key, field_key, revision];
  return Buffer.from(JSON.stringify([fingerprint(query), ...keys])).toString('base64url');
}

/** @throws PLB_QUERY_INVALID when it is damaged, or was made for other filters */
export function decodeCursor(query: EvaluationQuery, cursor: string): EvaluationPosition {
  const parts = parse(cursor);
  if (parts === undefined) throw invalid('as an earlier page gave it', cursor);
  const [made, ...keys] = parts;
  if (made !== fingerprint(query)) throw invalid('of a listing with the same filters', cursor);
  const [window_end, window_start, monitor, segment_key, field_key, revision] = keys;
  if (
    keys.length !== 6 ||
    !isInteger(window_end) ||
    !isInteger(window_start) ||
    typeof monitor !== 'string' ||
    typeof segment_key !== 'string' ||
    typeof field_key !== 'string' ||
    !isInteger(revision)
  ) {
    throw invalid('as an earlier page gave it', cursor);
  }
  return { window_end, window_start, monitor, segment_key, field_key, revision };
}

function parse(cursor: string): readonly unknown[] | undefined {
  const bytes = Buffer.from(cursor, 'base64url');
  // Node skips what is not base64url: only what is written back the same was a cursor.
  if (bytes.toString('base64url') !== cursor) return undefined;
  try {
    const parts: unknown = JSON.parse(bytes.toString('utf8'));
    return Array.isArray(parts) ? parts : undefined;
  } catch {
    return undefined;
  }
}

/** What a cursor depends on: every filter and the order, but neither limit nor detail. */
function fingerprint(query: EvaluationQuery): string {
  const { limit: _limit, cursor: _cursor, detail: _detail, ...filters } = query;
  const full = { revisions: 'latest', order: 'desc', ...filters };
  return createHash('sha256').update(canonicalJson(full)).digest('base64url').slice(0, 12);
}

function isInteger(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

function invalid(must: string, cursor: string): PlumblineError {
  return new PlumblineError(
    'PLB_QUERY_INVALID',
    `Cannot list evaluations: cursor must be ${must}, got "${cursor.slice(0, 80)}".`,
    { path: 'cursor', fix: 'Begin again without a cursor.' },
  );
}
