import { mapAt, objection, type RawDocument, type Report, resourcesAt } from './raw.ts';

/** Names of headers that carry a secret. */
const SECRET_HEADER = /authorization|cookie|token|secret|password|signature|api-?key/i;

export function checkChannels(document: RawDocument, report: Report): void {
  for (const { value, path } of resourcesAt(document, 'channels')) {
    for (const [name, header] of Object.entries(mapAt(value, 'headers'))) {
      if (typeof header !== 'string' || !SECRET_HEADER.test(name)) continue;
      const variable = name.toUpperCase().replace(/[^A-Z0-9]+/g, '_');
      report(
        objection([...path, 'headers', name], {
          reason: 'must be a reference { env: NAME } or { file: PATH }, got the secret itself',
          fix: `put the value into the environment variable ${variable} and write { env: ${variable} }`,
        }),
      );
    }
    for (const [one, other] of [
      ['username', 'password'],
      ['password', 'username'],
    ] as const) {
      if (!Object.hasOwn(value, one) || Object.hasOwn(value, other)) continue;
      report({ path: [...path, one], target: 'key', reason: `needs ${other} beside it` });
    }
    if (Object.hasOwn(value, 'bearer_token') && Object.hasOwn(value, 'password')) {
      report({
        path: [...path, 'bearer_token'],
        target: 'key',
        reason: 'must not be given beside username and password',
        fix: 'keep one way to log in',
      });
    }
  }
}
