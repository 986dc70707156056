import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import {
  ALERTS,
  CLIENT_CERTIFICATE_FIX,
  type Explanation,
  HUNG_UP_FIX,
  LOST,
  NETWORK,
  PASSING,
  PROTOCOL,
  PROTOCOL_FIX,
  REACH_FIX,
  TLS,
} from './known-errors.ts';

/** No broker that is known could be reached; why, by broker. */
export class NoBrokerError extends Error {
  override readonly name = 'NoBrokerError';
  readonly causes: readonly unknown[];

  constructor(causes: readonly unknown[]) {
    super('No broker can be reached', { cause: causes[0] });
    this.causes = causes;
  }
}

/** What the errors of kafkajs and of Node say of themselves. */
interface Facts {
  readonly name: string;
  readonly message: string;
  /** Kafka's name of the error. */
  readonly type: string;
  /** Node's name of the error. */
  readonly code: string;
  readonly broker: string | undefined;
}

/**
 * Whether the same request may succeed a moment later, without anybody's doing: a broker that is
 * away, a leader that moves. A wrong password or certificate is not of this kind.
 */
export function isRetriable(error: unknown): boolean {
  if (error instanceof PlumblineError) return error.code === 'PLB_TRANSPORT_UNAVAILABLE';
  if (error instanceof NoBrokerError) return error.causes.every(isRetriable);
  const facts = factsOf(error);
  if (TLS[facts.code] !== undefined || facts.code.startsWith('ERR_SSL_')) return false;
  return PASSING.has(facts.type) || LOST.has(facts.name) || NETWORK[facts.code] !== undefined;
}

/**
 * The coded error that an operator sees: which broker, why, and what to do. Never a secret: of the
 * messages of others only those are repeated that hold none.
 *
 * @param doing completes "Cannot …", such as `send to orders`
 */
export function kafkaError(error: unknown, doing: string): PlumblineError {
  if (error instanceof PlumblineError) return error;
  const own = error instanceof NoBrokerError ? error.causes.find(isCoded) : undefined;
  if (own !== undefined) return own;
  const { code, what, fix } = explain(error);
  return new PlumblineError(code, `Cannot ${doing}: ${what}.`, {
    ...(fix === undefined ? {} : { fix }),
    cause: error,
  });
}

function isCoded(error: unknown): error is PlumblineError {
  return error instanceof PlumblineError;
}

function explain(error: unknown): Explanation {
  if (error instanceof NoBrokerError) return explainAll(error);
  const facts = factsOf(error);
  const at = facts.broker === undefined ? 'the broker' : `broker ${facts.broker}`;
  const tls = TLS[facts.code];
  if (tls !== undefined) {
    return { code: 'PLB_TRANSPORT_TLS', what: `${at}: ${tls[0]}`, fix: tls[1] };
  }
  if (/^ERR_(SSL|TLS|OSSL)_/.test(facts.code)) {
    const alert = ALERTS.find(([end]) => end.test(facts.code))?.[1];
    const why = alert ?? `the TLS connection fails (${facts.code})`;
    const fix = alert === undefined ? PROTOCOL_FIX : CLIENT_CERTIFICATE_FIX;
    return { code: 'PLB_TRANSPORT_TLS', what: `${at}: ${why}`, fix };
  }
  if (facts.name === 'KafkaJSSASLAuthenticationError') {
    return {
      ...PROTOCOL.SASL_AUTHENTICATION_FAILED!,
      what: `${at}: ${loginRefusal(facts.message)}`,
    };
  }
  const protocol = PROTOCOL[facts.type];
  if (protocol !== undefined) {
    const isOfBroker = protocol.what.startsWith('it ');
    return isOfBroker ? { ...protocol, what: `${at}: ${protocol.what}` } : protocol;
  }
  if (PASSING.has(facts.type)) {
    return {
      code: 'PLB_TRANSPORT_UNAVAILABLE',
      what: `${at} is not ready (${facts.type})`,
      fix: REACH_FIX,
    };
  }
  const hungUp = hungUpDuring(facts);
  if (hungUp !== undefined) {
    return { code: 'PLB_TRANSPORT_UNAVAILABLE', what: `${at}: ${hungUp}`, fix: HUNG_UP_FIX };
  }
  const network = NETWORK[facts.code] ?? lostBecause(facts);
  if (network !== undefined) {
    return { code: 'PLB_TRANSPORT_UNAVAILABLE', what: `${at}: ${network}`, fix: REACH_FIX };
  }
  if (facts.type === '') return { code: 'PLB_INTERNAL', what: facts.message };
  return {
    code: 'PLB_TRANSPORT_UNAVAILABLE',
    what: `${at} answers with ${facts.type}: ${facts.message}`,
  };
}

/** What somebody must mend comes before what may pass. */
function explainAll({ causes }: NoBrokerError): Explanation {
  const explained = causes.map(explain);
  const telling =
    explained.find(({ code }) => code !== 'PLB_TRANSPORT_UNAVAILABLE') ??
    explained.find(({ fix }) => fix === HUNG_UP_FIX);
  const { code, fix } = telling ?? { code: 'PLB_TRANSPORT_UNAVAILABLE', fix: REACH_FIX };
  const what = [...new Set(explained.map((one) => one.what))].join('; ');
  return { code, what, ...(fix === undefined ? {} : { fix }) };
}

function hungUpDuring({ name, message }: Facts): string | undefined {
  if (message.includes('before secure TLS connection was established')) {
    return 'it has ended the connection before it was encrypted';
  }
  return name === 'KafkaJSConnectionClosedError' ? 'it has closed the connection' : undefined;
}

function lostBecause({ name, message }: Facts): string | undefined {
  if (message === 'Connection timeout' || name === 'KafkaJSLockTimeout') {
    return 'it does not accept a connection in time';
  }
  if (name === 'KafkaJSRequestTimeoutError') return 'it does not answer in time';
  if (LOST.has(name)) return 'the connection is lost';
  return undefined;
}

/** The broker's own words hold no secret, but only these are known. */
function loginRefusal(message: string): string {
  if (message.includes('mechanism is not supported')) return 'it does not know this SASL mechanism';
  if (/expired/i.test(message)) return 'it refuses the login: the token has expired';
  return 'it refuses the login: wrong user name, password or token';
}

function factsOf(error: unknown): Facts {
  // kafkajs wraps what its retries ended with.
  if (error instanceof Error && error.name === 'KafkaJSNumberOfRetriesExceeded' && error.cause) {
    return factsOf(error.cause);
  }
  const fields: Record<string, unknown> =
    typeof error === 'object' && error !== null ? { ...error } : {};
  const textOf = (value: unknown) => (typeof value === 'string' ? value : '');
  return {
    name: error instanceof Error ? error.name : '',
    message: error instanceof Error ? error.message : String(error),
    type: textOf(fields.type),
    code: textOf(fields.code),
    broker: textOf(fields.broker) === '' ? undefined : textOf(fields.broker),
  };
}
