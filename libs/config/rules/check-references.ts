import { oneOf } from '../describe.ts';
import type { PathKey } from '../finding.ts';
import { suggest } from '../suggest.ts';
import { BY_MODEL_VERSION } from './check-baselines.ts';
import {
  mapAt,
  objection,
  type RawDocument,
  type RawResource,
  type Report,
  resourcesAt,
  textAt,
} from './raw.ts';

/** Everything that a monitor names must exist in the same document. */
export function checkReferences(
  { value, path }: RawResource,
  { document, report }: { readonly document: RawDocument; readonly report: Report },
): void {
  const requireName = (name: string | undefined, key: string, at: readonly PathKey[]): void => {
    const existing = namesAt(document, `${key}s`);
    if (name === undefined || existing.includes(name)) return;
    const suggestion = suggest(name, existing);
    const known =
      existing.length === 0
        ? `there are no ${key}s; add it under ${key}s`
        : `${existing.length === 1 ? 'there is' : 'there are'} ${oneOf(existing.slice(0, 8)).replace(' or ', ' and ')}`;
    report({
      path: at,
      target: 'value',
      reason: `no ${key} is called ${JSON.stringify(name)}`,
      ...(suggestion === undefined ? { fix: known } : { suggestion }),
    });
  };

  requireName(textAt(value, 'stream'), 'stream', [...path, 'stream']);
  const baseline = textAt(value, 'baseline');
  if (baseline === BY_MODEL_VERSION) checkByModelVersion({ value, path }, { document, report });
  else requireName(baseline, 'baseline', [...path, 'baseline']);

  const { notify } = value;
  if (typeof notify === 'string') requireName(notify, 'channel', [...path, 'notify']);
  if (!Array.isArray(notify)) return;
  for (const [index, name] of notify.entries()) {
    if (typeof name === 'string') requireName(name, 'channel', [...path, 'notify', index]);
  }
}

/** Names of a section; of a misspelt one too, since one slip should be one problem. */
function namesAt(document: RawDocument, section: string): readonly string[] {
  if (Object.hasOwn(document, section)) return Object.keys(mapAt(document, section));
  const misspelt = Object.keys(document).find((key) => suggest(key, [section]) !== undefined);
  return misspelt === undefined ? [] : Object.keys(mapAt(document, misspelt));
}

/** Each event must lead to exactly one baseline. */
function checkByModelVersion(
  { value, path }: Pick<RawResource, 'value' | 'path'>,
  { document, report }: { readonly document: RawDocument; readonly report: Report },
): void {
  const at = [...path, 'baseline'];
  const streamName = textAt(value, 'stream') ?? '';
  const streams = mapAt(document, 'streams');
  const stream = mapAt(streams, streamName);
  if (Object.hasOwn(streams, streamName) && !Object.hasOwn(stream, 'model_version')) {
    report(
      objection(at, {
        reason: `by_model_version needs to know where an event of stream ${JSON.stringify(streamName)} names its model version`,
        fix: `add model_version: $.path to streams.${streamName}, or name a baseline`,
      }),
    );
  }
  const byVersion = new Map<string, string>();
  for (const { name, value: baseline } of resourcesAt(document, 'baselines')) {
    if (!Object.hasOwn(baseline, 'model_version')) continue;
    const version = String(baseline.model_version);
    const other = byVersion.get(version);
    if (other !== undefined) {
      report(
        objection(at, {
          reason: `by_model_version must lead to one baseline, but ${other} and ${name} both have model_version ${JSON.stringify(version)}`,
          fix: 'give them different model versions, or name one of them here',
        }),
      );
    }
    byVersion.set(version, name);
  }
  if (byVersion.size === 0) {
    report(
      objection(at, {
        reason: 'by_model_version needs a baseline with a model_version, and there is none',
        fix: 'add model_version to a baseline, or name a baseline here',
      }),
    );
  }
}
