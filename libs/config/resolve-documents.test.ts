import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FIVE_MINUTES } from './fixtures/five-minutes.ts';
import { parseConfig } from './parse-config.ts';
import { resolveDocuments } from './resolve-documents.ts';

const EVERYTHING = readFileSync(new URL('fixtures/everything.yaml', import.meta.url), 'utf8');

/** What a store gives back: the documents after a trip through JSON. */
function stored(text: string) {
  const outcome = parseConfig(text, { source: '/etc/plumbline/plumbline.yaml' });
  if (!outcome.ok) throw new Error('refused');
  const records = JSON.parse(JSON.stringify(outcome.documents)) as typeof outcome.documents;
  return { config: outcome.config, records };
}

describe('resolveDocuments', () => {
  it.each([
    ['a short file', FIVE_MINUTES],
    ['a file that says everything', EVERYTHING],
  ])('gives what %s gave', (_, text) => {
    const { config, records } = stored(text);
    const { streams, baselines, monitors, channels } = config;
    const resolved = resolveDocuments(records.toReversed());
    expect(resolved.monitors).toEqual(monitors);
    expect(resolved.streams).toEqual(streams);
    expect(resolved.baselines).toEqual(baselines);
    expect(resolved.channels.toReversed()).toEqual(channels);
    expect(Object.isFrozen(resolved.monitors)).toBe(true);
  });

  it('has nothing for an empty store, and passes over other kinds', () => {
    const nothing = { streams: [], baselines: [], monitors: [], channels: [] };
    expect(resolveDocuments([])).toEqual(nothing);
    const probe = { kind: 'probe', namespace: 'default', name: 'p', document: { any: 1 } };
    expect(resolveDocuments([probe])).toEqual(nothing);
  });

  it('looks up references in the namespace of the one who refers', () => {
    const { records } = stored(FIVE_MINUTES);
    const elsewhere = records.map((record) => ({ ...record, namespace: 'other' }));
    const { monitors } = resolveDocuments([...records, ...elsewhere]);
    expect(monitors.map(({ namespace, name }) => `${namespace}/${name}`)).toEqual([
      'default/fraud',
      'other/fraud',
    ]);
    const torn = records.map((record) =>
      record.kind === 'stream' ? { ...record, namespace: 'other' } : record,
    );
    expect(() => resolveDocuments(torn)).toThrow(
      expect.objectContaining({
        code: 'PLB_CONFIG_INVALID',
        message: expect.stringMatching(/namespace default: monitors\.fraud\.stream: no stream/),
      }),
    );
  });

  it('refuses a document that this version does not understand', () => {
    const record = { kind: 'stream', namespace: 'default', name: 's', document: { topics: 'x' } };
    expect(() => resolveDocuments([record])).toThrow(/streams\.s\.topics: must be a list/);
  });
});
