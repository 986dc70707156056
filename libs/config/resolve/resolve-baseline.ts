import { parseTimestamp } from '#libs/profiles/timestamp.ts';
import { parseDuration } from '../duration.ts';
import type { BaselineConfig } from '../resolved.ts';
import { type BaselineDocument, BaselineSchema } from '../schemas/baseline.ts';
import { resolveDerivedFields, resolveFieldOverrides } from './resolve-fields.ts';
import { durationSetting, optional } from './setting.ts';

export function resolveBaseline(
  key: { readonly namespace: string; readonly name: string },
  document: BaselineDocument,
): BaselineConfig {
  const { from, to, expires_after: expiresAfter } = document;
  return {
    ...key,
    file: document.file,
    ...optional('format', document.format),
    ...optional('timePath', document.time),
    paneMs: durationSetting(BaselineSchema, { document, key: 'pane' }),
    ...optional('fromMs', from === undefined ? undefined : parseTimestamp(from)),
    ...optional('toMs', to === undefined ? undefined : parseTimestamp(to)),
    ...optional('minCount', document.privacy?.min_count),
    ...optional('modelVersion', document.model_version),
    ...optional('version', document.version),
    ...optional(
      'expiresAfterMs',
      expiresAfter === undefined ? undefined : parseDuration(expiresAfter),
    ),
    fields: resolveFieldOverrides(document.fields),
    derive: resolveDerivedFields(document.derive),
  };
}
