import { describe, expect, it } from 'vitest';
import { isMap } from '../describe.ts';
import { formatKeyPath } from '../finding.ts';
import { checkDocument } from './check-document.ts';

const VALID = {
  streams: {
    orders: { topics: ['orders'], time: '$.ts', model_version: '$.model' },
    plain: { topics: ['plain'], time: '$.ts' },
  },
  baselines: {
    v1: { file: 'v1.csv', model_version: 'v1', time: '$.ts' },
    v2: { file: 'v2.csv', model_version: 'v2' },
  },
  monitors: {
    daily: { stream: 'orders', baseline: 'v1', window: '1d', hop: '6h', fields: ['amount'] },
  },
  channels: { oncall: { type: 'pagerduty', routing_key: { env: 'PD_KEY' } } },
};

/** The valid document with the values at some paths replaced; `undefined` removes a key. */
function change(changes: Readonly<Record<string, unknown>>): unknown {
  const document: unknown = structuredClone(VALID);
  for (const [path, value] of Object.entries(changes)) {
    const keys = path.split('/');
    const last = keys.pop() ?? '';
    let container: unknown = document;
    for (const key of keys) {
      if (!isMap(container)) throw new TypeError(path);
      container[key] ??= {};
      container = container[key];
    }
    if (!isMap(container)) throw new TypeError(path);
    if (value === undefined) delete container[last];
    else container[last] = value;
  }
  return document;
}

function problemsOf(changes: Readonly<Record<string, unknown>>) {
  return checkDocument(change(changes)).map((finding) => ({
    path: formatKeyPath(finding.path),
    reason: finding.reason,
    fix: finding.fix,
    suggestion: finding.suggestion?.best,
  }));
}

const DAILY = 'monitors/daily';

describe('checkDocument', () => {
  it('finds nothing in a valid document', () => {
    expect(problemsOf({})).toEqual([]);
  });

  it.each<[string, Record<string, unknown>, string, RegExp]>([
    [
      'a hop beyond the window',
      { [`${DAILY}/hop`]: '2d' },
      'monitors.daily.hop',
      /at most the window \(1d\), got 2d/,
    ],
    [
      'a pane that does not divide',
      { [`${DAILY}/pane`]: '4h' },
      'monitors.daily.pane',
      /must divide the window \(1d\) and the hop \(6h\), got 4h/,
    ],
    [
      'a pane that divides the window alone',
      { [`${DAILY}/pane`]: '8h' },
      'monitors.daily.pane',
      /must divide/,
    ],
    [
      'panes without number',
      { [`${DAILY}/window`]: '1d1s', [`${DAILY}/hop`]: '1d' },
      'monitors.daily.hop',
      /86401 panes of 1s/,
    ],
    [
      'too few panes kept',
      { [`${DAILY}/retention`]: { panes: '1d' } },
      'monitors.daily.retention.panes',
      /at least window and lateness together \(1d2h24m\), got 1d/,
    ],
    [
      'a window of nothing',
      { [`${DAILY}/window`]: '0s' },
      'monitors.daily.window',
      /at least 1s, got 0s/,
    ],
    [
      'a warning above critical',
      { [`${DAILY}/thresholds`]: { amount: { ks: { warning: 0.3, critical: 0.2 } } } },
      'monitors.daily.thresholds.amount.ks.warning',
      /at most critical \(0.2\), got 0.3/,
    ],
    [
      'a limit out of reach',
      { [`${DAILY}/thresholds`]: { amount: { ks: { warning: 1.5 } } } },
      'monitors.daily.thresholds.amount.ks.warning',
      /a number from 0 to 1, got 1.5/,
    ],
    [
      'an AUC beyond 1, which lies 0.6 from ½',
      { [`${DAILY}/thresholds`]: { amount: { mann_whitney: { critical: 0.6 } } } },
      'monitors.daily.thresholds.amount.mann_whitney.critical',
      /a number from 0 to 0.5, got 0.6/,
    ],
    [
      'a distance of shares above 1',
      { [`${DAILY}/thresholds`]: { amount: { jensen_shannon: { warning: 2 } } } },
      'monitors.daily.thresholds.amount.jensen_shannon.warning',
      /a number from 0 to 1, got 2/,
    ],
    [
      'a low volume warned of late',
      {
        [`${DAILY}/thresholds`]: {
          '*': { volume: { warning: { low: 0.4 }, critical: { low: 0.5 } } },
        },
      },
      'monitors.daily.thresholds["*"].volume.warning.low',
      /at least critical.low \(0.5\), got 0.4/,
    ],
    [
      'a high volume warned of late',
      {
        [`${DAILY}/thresholds`]: {
          '*': { volume: { warning: { high: 3 }, critical: { high: 2 } } },
        },
      },
      'monitors.daily.thresholds["*"].volume.warning.high',
      /at most critical.high \(2\), got 3/,
    ],
    [
      'volume of a field',
      { [`${DAILY}/thresholds`]: { amount: { volume: 'off' } } },
      'monitors.daily.thresholds.amount.volume',
      /stream as a whole/,
    ],
    [
      'a threshold of another field',
      { [`${DAILY}/thresholds`]: { amuont: { ks: 'off' } } },
      'monitors.daily.thresholds.amuont',
      /not among the fields that are listed/,
    ],
    [
      'a detector over another field',
      {
        [`${DAILY}/sequential`]: { colour: { ks: { detector: 'adwin' } } },
      },
      'monitors.daily.sequential.colour',
      /not among the fields/,
    ],
    [
      'an unknown detector',
      { [`${DAILY}/sequential`]: { amount: { ks: { detector: 'ewna' } } } },
      'monitors.daily.sequential.amount.ks.detector',
      /ewma/,
    ],
    [
      'a detector without what it needs',
      { [`${DAILY}/sequential`]: { amount: { ks: { detector: 'cusum', mean: 1 } } } },
      'monitors.daily.sequential.amount.ks.sd',
      /is required|missing/,
    ],
    [
      'bins of another field',
      { [`${DAILY}/bins`]: { colour: 5 } },
      'monitors.daily.bins.colour',
      /not among the fields that are listed/,
    ],
    [
      'edges in disorder',
      { [`${DAILY}/bins`]: { amount: [1, 3, 2] } },
      'monitors.daily.bins.amount[2]',
      /above the edge before it \(3\), got 2/,
    ],
    [
      'persistence that never holds',
      { [`${DAILY}/persistence`]: { count: 3, of: 2 } },
      'monitors.daily.persistence.count',
      /at most of \(2\), got 3/,
    ],
    [
      'an unknown stream',
      { [`${DAILY}/stream`]: 'order' },
      'monitors.daily.stream',
      /no stream is called "order"/,
    ],
    [
      'an unknown baseline',
      { [`${DAILY}/baseline`]: 'v3' },
      'monitors.daily.baseline',
      /no baseline is called "v3"/,
    ],
    [
      'an unknown channel',
      { [`${DAILY}/notify`]: ['oncall', 'ocall'] },
      'monitors.daily.notify[1]',
      /no channel is called "ocall"/,
    ],
    [
      'no channels at all',
      { [`${DAILY}/notify`]: 'oncall', channels: undefined },
      'monitors.daily.notify',
      /no channel is called/,
    ],
    [
      'model versions that events do not name',
      { [`${DAILY}/stream`]: 'plain', [`${DAILY}/baseline`]: 'by_model_version' },
      'monitors.daily.baseline',
      /where an event of stream "plain" names its model version/,
    ],
    [
      'model versions that are not unique',
      { [`${DAILY}/baseline`]: 'by_model_version', 'baselines/v2/model_version': 'v1' },
      'monitors.daily.baseline',
      /v1 and v2 both have model_version "v1"/,
    ],
    [
      'model versions that no baseline has',
      { [`${DAILY}/baseline`]: 'by_model_version', baselines: { b: { file: 'b.csv' } } },
      'monitors.daily.baseline',
      /there is none/,
    ],
    [
      'an unknown kind of evidence',
      { [`${DAILY}/evidence`]: 'reference_window' },
      'monitors.daily.evidence',
      /must be auto, iid, reference_windows or reference_panes/,
    ],
    [
      'a reserved name',
      { 'baselines/by_model_version': { file: 'x.csv' } },
      'baselines.by_model_version',
      /another name/,
    ],
    [
      'times in disorder',
      { 'baselines/v1/from': '2001-02-01', 'baselines/v1/to': '2001-01-01' },
      'baselines.v1.to',
      /after from/,
    ],
    [
      'a range of time without a time',
      { 'baselines/v2/to': '2001-01-01' },
      'baselines.v2.to',
      /needs time/,
    ],
    [
      'a date that is none',
      { 'baselines/v1/from': '2001-02-30T00:00:00Z' },
      'baselines.v1.from',
      /ISO 8601/,
    ],
    [
      'a circle without length',
      { 'baselines/v1/fields': { angle: { type: 'circular' } } },
      'baselines.v1.fields.angle.type',
      /needs a period/,
    ],
    [
      'a length without circle',
      { 'baselines/v1/fields': { angle: { type: 'numeric', period: 3 } } },
      'baselines.v1.fields.angle.period',
      /the type is numeric/,
    ],
    [
      'a range in disorder',
      { 'baselines/v1/fields': { a: { range: { min: 2, max: 1 } } } },
      'baselines.v1.fields.a.range',
      /min must be at most max/,
    ],
    [
      'segments by three fields',
      { [`${DAILY}/segments`]: { by: ['a', 'b', 'c'] } },
      'monitors.daily.segments.by',
      /at most 2|one or two/,
    ],
    [
      'more segments than there may be',
      { [`${DAILY}/segments`]: { by: 'a', most: 101 } },
      'monitors.daily.segments.most',
      /from 1 to 100/,
    ],
    [
      'segments of a reduced baseline',
      {
        [`${DAILY}/segments`]: { by: 'a' },
        'baselines/v1/privacy': { min_count: 10 },
      },
      'monitors.daily.segments',
      /needs a baseline without privacy.*baselines\.v1/,
    ],
    [
      'segments of a reduced baseline of a model version',
      {
        [`${DAILY}/segments`]: { by: 'a' },
        [`${DAILY}/baseline`]: 'by_model_version',
        'baselines/v2/privacy': { min_count: 10 },
      },
      'monitors.daily.segments',
      /needs a baseline without privacy.*baselines\.v2/,
    ],
    [
      'segments by nothing',
      { [`${DAILY}/segments`]: { most: 5 } },
      'monitors.daily.segments.by',
      /missing/,
    ],
    [
      'a field derived twice',
      {
        'baselines/v1/fields': { h: { derive: 'log' } },
        'baselines/v1/derive': { h: { log: '$.x' } },
      },
      'baselines.v1.fields.h.derive',
      /derive makes/,
    ],
    [
      'two derivations of one field',
      { 'baselines/v1/derive': { h: { log: '$.x', absolute: '$.x' } } },
      'baselines.v1.derive.h',
      /one derivation/,
    ],
    [
      'bad events among the good',
      { 'streams/orders/dead_letter': 'orders' },
      'streams.orders.dead_letter',
      /another topic/,
    ],
    [
      'a file for several topics',
      { 'streams/orders/topics': ['a', 'b'], 'streams/orders/source': { file: 'x' } },
      'streams.orders.source',
      /one topic, got 2/,
    ],
    [
      'lines of a file as Arrow',
      { 'streams/orders/codec': 'arrow', 'streams/orders/source': { file: 'x' } },
      'streams.orders.source',
      /needs the codec json/,
    ],
    [
      'a sample of records with many rows',
      { 'streams/orders/codec': 'arrow', 'streams/orders/sampling': { share: 0.1 } },
      'streams.orders.sampling',
      /records, not rows/,
    ],
    [
      'a block size between powers of two',
      { 'streams/orders/block_size': 3000 },
      'streams.orders.block_size',
      /power of two, got 3000/,
    ],
    ['kafka without brokers', { transport: 'kafka' }, 'transport', /needs a kafka block/],
    [
      'two transports',
      { transport: 'embedded', kafka: { brokers: ['k:9092'] } },
      'transport',
      /must be kafka/,
    ],
    [
      'a file beside kafka',
      { kafka: { brokers: ['k:9092'] }, 'streams/orders/source': { file: 'x' } },
      'streams.orders.source',
      /embedded transport only/,
    ],
    [
      'a certificate without key',
      { kafka: { brokers: ['k:9092'], tls: { certificate_file: 'c' } } },
      'kafka.tls.certificate_file',
      /needs key_file/,
    ],
    [
      'a token login without a token',
      { kafka: { brokers: ['k:9092'], sasl: { mechanism: 'oauthbearer' } } },
      'kafka.sasl',
      /must have token or token_endpoint/,
    ],
    [
      'two sources of tokens',
      {
        kafka: {
          brokers: ['k:9092'],
          sasl: {
            mechanism: 'oauthbearer',
            token: { env: 'T' },
            token_endpoint: { url: 'https://l', client_id: 'c', client_secret: { env: 'S' } },
          },
        },
      },
      'kafka.sasl',
      /got both/,
    ],
    [
      'a password beside a token login',
      {
        kafka: {
          brokers: ['k:9092'],
          sasl: { mechanism: 'oauthbearer', token: { env: 'T' }, password: { env: 'P' } },
        },
      },
      'kafka.sasl.password',
      /unknown key/,
    ],
    [
      'an address of a database with its password',
      { store: { postgres: { url: 'postgres://u:p@h/d' } } },
      'store.postgres.url',
      /a reference \{ env: NAME \}/,
    ],
    [
      'a user without password',
      { 'channels/oncall': { type: 'email', host: 'h', from: 'a@b', to: ['c@d'], username: 'u' } },
      'channels.oncall.username',
      /needs password/,
    ],
    [
      'two ways to log in',
      {
        'channels/oncall': {
          type: 'alertmanager',
          url: 'http://a',
          username: 'u',
          password: { env: 'P' },
          bearer_token: { env: 'T' },
        },
      },
      'channels.oncall.bearer_token',
      /beside username/,
    ],
    [
      'a name with capitals',
      { 'channels/On Call!': { type: 'slack', webhook_url: { env: 'S' } } },
      'channels["On Call!"]',
      /lower-case letters, digits, ".", "_" or "-"/,
    ],
    ['an empty section', { channels: {} }, 'channels', /at least one entry/],
    ['nothing in a section', { channels: null }, 'channels', /must be a map, got nothing/],
    ['no fields', { [`${DAILY}/fields`]: [] }, 'monitors.daily.fields', /at least one entry/],
    [
      'not a number',
      { [`${DAILY}/significance`]: Number.NaN },
      'monitors.daily.significance',
      /above 0 and at most 0.5, got .nan/,
    ],
    [
      'infinity',
      { [`${DAILY}/min_samples`]: Number.POSITIVE_INFINITY },
      'monitors.daily.min_samples',
      /whole number of at least 1, got .inf/,
    ],
    [
      'a fraction of a sample',
      { [`${DAILY}/min_samples`]: 1.5 },
      'monitors.daily.min_samples',
      /whole number/,
    ],
    [
      'a number in quotes',
      { [`${DAILY}/min_samples`]: '100' },
      'monitors.daily.min_samples',
      /got "100"/,
    ],
    ['a wildcard', { 'streams/orders/time': '$.*' }, 'streams.orders.time', /JSON path/],
    [
      'a missing key',
      { [`${DAILY}/stream`]: undefined },
      'monitors.daily.stream',
      /missing; must be a name/,
    ],
  ])('objects to %s', (_, changes, path, reason) => {
    const problems = problemsOf(changes);
    expect(problems).toEqual([expect.objectContaining({ path })]);
    expect(problems[0]?.reason).toMatch(reason);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['stream', { [`${DAILY}/stream`]: 'order' }, 'orders'],
    ['channel', { [`${DAILY}/notify`]: 'ocnall' }, 'oncall'],
    ['field', { [`${DAILY}/thresholds`]: { amuont: { ks: 'off' } } }, 'amount'],
    ['evidence', { [`${DAILY}/evidence`]: 'reference_window' }, 'reference_windows'],
    ['off', { [`${DAILY}/thresholds`]: { amount: { ks: 'of' } } }, 'off'],
    ['type of channel', { 'channels/oncall/type': 'pagerdty' }, 'pagerduty'],
  ])('names the nearest right %s', (_, changes, suggestion) => {
    expect(problemsOf(changes)).toMatchObject([{ suggestion }]);
  });

  it('tells a misspelt section as one problem, not one for each reference to it', () => {
    const { streams, ...others } = VALID;
    const findings = checkDocument({ ...others, steams: streams });
    expect(findings.map(({ path, suggestion }) => [path, suggestion?.best])).toEqual([
      [['steams'], 'streams'],
    ]);
  });

  it('accepts equal limits, both spellings of off, and a JSON path as a map', () => {
    const thresholds = {
      amount: { ks: { warning: 0.2, critical: 0.2 }, psi: false, wasserstein: { critical: 1e6 } },
      '*': { kuiper: 'off', volume: { warning: { low: 0.5 }, critical: { low: 0.5 } } },
    };
    const changes = {
      [`${DAILY}/thresholds`]: thresholds,
      'streams/orders/time': { path: '$.ts' },
    };
    expect(problemsOf(changes)).toEqual([]);
  });
});
