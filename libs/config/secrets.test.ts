import { describe, expect, it } from 'vitest';
import { parseConfig } from './parse-config.ts';
import { formatProblems } from './problem.ts';

const SECRET = 's3cr3t-hunter2';

describe('a secret in the file itself', () => {
  it.each([
    ['a literal', `channels: { c: { type: pagerduty, routing_key: ${SECRET} } }`],
    [
      'a variable that does not look like one',
      `channels: { c: { type: pagerduty, routing_key: { env: ${SECRET}! } } }`,
    ],
    ['a list', `channels: { c: { type: pagerduty, routing_key: [${SECRET}] } }`],
    [
      'a password of Kafka',
      `kafka: { brokers: [k:1], sasl: { mechanism: plain, username: u, password: ${SECRET} } }`,
    ],
    [
      'a header',
      `channels: { c: { type: webhook, url: "http://h", headers: { X-Api-Key: ${SECRET} } } }`,
    ],
    ['an address', `channels: { c: { type: webhook, url: "https://u:${SECRET}@h/x" } }`],
    ['an unusable address', `channels: { c: { type: webhook, url: "ftp://u:${SECRET}@h/x" } }`],
    [
      'a webhook of Slack',
      `channels: { c: { type: slack, webhook_url: "https://hooks.slack.com/${SECRET}" } }`,
    ],
    [
      'an unknown key',
      `channels: { c: { type: slack, token: ${SECRET}, webhook_url: { env: A } } }`,
    ],
    ['broken YAML', `channels: { c: { type: slack, webhook_url: ${SECRET}`],
    ['stray text', `instance: a\n"x" ${SECRET}`],
  ])('%s is refused and never repeated', (_, text) => {
    const outcome = parseConfig(text, { source: 'plumbline.yaml' });
    if (outcome.ok) throw new Error('accepted');
    const message = formatProblems(outcome.problems, 'plumbline.yaml');
    expect(message).toMatch(/plumbline\.yaml:\d+:\d+ /);
    expect(message + JSON.stringify(outcome.problems)).not.toContain(SECRET);
  });

  it.each(['{}', '{ env: A, file: b }'])('%s is no reference', (reference) => {
    const text = `channels: { c: { type: slack, webhook_url: ${reference} } }`;
    expect(parseConfig(text, { source: 'plumbline.yaml' })).toMatchObject({
      ok: false,
      problems: [
        {
          path: 'channels.c.webhook_url',
          reason: expect.stringMatching(/^must be a reference .*, got (an empty map|a map)$/),
        },
      ],
    });
  });

  it('comes with what to write instead', () => {
    const fixes = [SECRET, `"\${PD_KEY}"`, '$PD_KEY', '1234', ''].map((key) => {
      const text = `channels: { c: { type: pagerduty, routing_key: ${key} } }`;
      const outcome = parseConfig(text, { source: 'plumbline.yaml' });
      return outcome.ok ? undefined : outcome.problems[0]?.fix;
    });
    const literal =
      'put the secret into the environment variable ROUTING_KEY and write { env: ROUTING_KEY }';
    expect(fixes).toEqual([
      literal,
      'write { env: PD_KEY }',
      'write { env: PD_KEY }',
      literal,
      'write { env: ROUTING_KEY }',
    ]);
  });
});
