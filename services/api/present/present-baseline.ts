import type { Static } from 'typebox';
import type { BaselineConfig } from '#libs/config/resolved.ts';
import { baselineExpiry } from '#libs/planning/baseline-expiry.ts';
import type { BaselineRecord } from '#libs/store/port.ts';
import type { BaselineItem } from '../schemas/baseline.ts';
import { iso, isoRange } from './iso.ts';

/** A baseline's provenance as the API answers it. */
export function presentBaseline(
  record: BaselineRecord,
  options: { readonly config: BaselineConfig | undefined; readonly now: number },
): Static<typeof BaselineItem> {
  const expiry = baselineExpiry(record, options.config);
  return {
    namespace: record.namespace,
    name: record.name,
    version: record.version,
    hash: record.hash,
    model_version: record.modelVersion,
    created_at: iso(record.createdAt),
    rows: record.rows,
    time_range: record.timeRange === null ? null : isoRange(record.timeRange),
    expires_at: expiry === null ? null : iso(expiry.at),
    expired: expiry !== null && options.now > expiry.at,
    source: record.source,
    summary: record.summary,
  };
}
