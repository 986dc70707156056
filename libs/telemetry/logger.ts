import pino, { type DestinationStream, type Logger } from 'pino';
import { prettyLine } from './pretty-line.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

export interface LoggerOptions {
  readonly level?: LogLevel;
  /** One JSON object a line for machines, one readable line for people. */
  readonly format: 'json' | 'pretty';
  /** Standard error unless given. */
  readonly destination?: DestinationStream;
}

/** Names of members that may hold a secret, wherever a config or a request is logged. */
const SECRETS = [
  'password',
  'secret',
  'token',
  'bearer_token',
  'bearerToken',
  'api_key',
  'apiKey',
  'routing_key',
  'routingKey',
  'signing_key',
  'signingKey',
  'webhook_url',
  'webhookUrl',
  'authorization',
  'cookie',
];

/** How deep secrets are looked for; pino wants each depth as a path of its own. */
const DEPTH = 4;

/**
 * A pino logger with secrets replaced by `[redacted]`. It writes synchronously: what was logged
 * before a crash is there after it.
 */
export function createLogger(options: LoggerOptions): Logger {
  const stderr = options.destination ?? pino.destination({ dest: 2, sync: true });
  const destination =
    options.format === 'json'
      ? stderr
      : { write: (line: string) => void stderr.write(prettyLine(line)) };
  return pino(
    {
      level: options.level ?? 'info',
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: secretPaths(), censor: '[redacted]' },
    },
    destination,
  );
}

function secretPaths(): string[] {
  const paths: string[] = [];
  for (let depth = 0; depth < DEPTH; depth += 1) {
    for (const name of SECRETS) paths.push(`${'*.'.repeat(depth)}${name}`);
  }
  return paths;
}
