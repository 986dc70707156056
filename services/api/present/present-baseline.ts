import type { Static } from 'typebox';
import type { BaselineRecord } from '#libs/store/port.ts';
import type { BaselineItem } from '../schemas/baseline.ts';
import { iso, isoRange } from './iso.ts';

/** A baseline's provenance as the API answers it. */
export function presentBaseline(record: BaselineRecord): Static<typeof BaselineItem> {
  return {
    namespace: record.namespace,
    name: record.name,
    version: record.version,
    hash: record.hash,
    model_version: record.modelVersion,
    created_at: iso(record.createdAt),
    rows: record.rows,
    time_range: record.timeRange === null ? null : isoRange(record.timeRange),
    source: record.source,
    summary: record.summary,
  };
}
