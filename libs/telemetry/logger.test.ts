import { expect, test } from 'vitest';
import { createLifecycle } from './lifecycle.ts';
import { logLifecycle } from './log-lifecycle.ts';
import { createLogger, type LoggerOptions } from './logger.ts';

function setUp(options: Omit<LoggerOptions, 'destination'>) {
  const written: string[] = [];
  const logger = createLogger({
    ...options,
    destination: { write: (text) => void written.push(text) },
  });
  return { logger, written };
}

test('secrets are replaced wherever a config holds them', () => {
  const { logger, written } = setUp({ format: 'json' });
  logger.info({
    password: 'hunter2',
    kafka: { sasl: { username: 'plumb', password: 'hunter2' } },
    channels: { oncall: { routing_key: 'hunter2' } },
    req: { headers: { authorization: 'Bearer hunter2' } },
  });
  expect(written.join('')).not.toContain('hunter2');
  expect(written.join('')).toContain('"username":"plumb"');
});

test('secrets are replaced in readable lines too', () => {
  const { logger, written } = setUp({ format: 'pretty' });
  logger.info({ sasl: { password: 'hunter2' } }, 'connecting');
  expect(written.join('')).not.toContain('hunter2');
  expect(written.join('')).toContain('connecting');
});

test('JSON lines carry time, level by name and message', () => {
  const { logger, written } = setUp({ format: 'json' });
  logger.warn({ stream: 'scored' }, 'slow');
  expect(JSON.parse(written[0] ?? '')).toMatchObject({
    level: 'warn',
    time: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T.*Z$/),
    stream: 'scored',
    msg: 'slow',
  });
});

test('a readable entry is one line, also with line ends inside; a stack follows', () => {
  const { logger, written } = setUp({ format: 'pretty' });
  logger.info({ stream: 'scored', note: 'two\nlines', count: 3 }, 'opened');
  expect(written[0]).toMatch(
    /^\d\d:\d\d:\d\d INFO {2}opened stream=scored note="two\\nlines" count=3\n$/,
  );
  logger.error(new Error('no disk'));
  expect(written[1]).toMatch(/^\d\d:\d\d:\d\d ERROR no disk\nError: no disk\n {4}at /);
});

test('the log tells failures, gaps and conditions, not every batch', () => {
  const { logger, written } = setUp({ format: 'pretty' });
  const lifecycle = createLifecycle();
  const stop = logLifecycle(lifecycle, logger);
  const stream = { namespace: 'default', stream: 'scored' };
  lifecycle.emit({
    type: 'stream_condition',
    ...stream,
    condition: 'stalled',
    reason: 'quiet',
  });
  lifecycle.emit({ type: 'commit', ...stream, panes: 1, publications: 0, seconds: 0.1 });
  lifecycle.emit({
    type: 'failure',
    role: 'store',
    code: 'PLB_STORE_FULL',
    message: 'Cannot write.',
    outcome: 'stops',
  });
  expect(written).toHaveLength(2);
  expect(written[0]).toContain('WARN  stream is stalled');
  expect(written[1]).toContain('ERROR Cannot write. role=store code=PLB_STORE_FULL');
  stop();
  lifecycle.emit({
    type: 'gap',
    ...stream,
    topic: 't',
    partition: 0,
    from: 1,
    to: 2,
    outcome: 'lost',
  });
  expect(written).toHaveLength(2);
});
