import { createErrorFromCode } from 'kafkajs/src/protocol/error.js';
import { describe, expect, test } from 'vitest';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import { isRetriable, kafkaError, NoBrokerError } from './kafka-errors.ts';

const broker = 'kafka-1:9092';
const named = (name: string, message: string, more: object = {}) =>
  Object.assign(new Error(message), { name, broker, ...more });
const lost = (code: string) =>
  named('KafkaJSConnectionError', `Connection error: ${code}`, { code });

describe('what may pass', () => {
  test.each([
    lost('ECONNREFUSED'),
    lost('ENOTFOUND'),
    named('KafkaJSConnectionClosedError', 'Closed connection'),
    named('KafkaJSRequestTimeoutError', 'Request Fetch timed out'),
    createErrorFromCode(6),
    createErrorFromCode(15),
    createErrorFromCode(19),
    new NoBrokerError([lost('ECONNREFUSED'), lost('EAI_AGAIN')]),
  ])('%s is tried again, and then told as unavailable', (error) => {
    expect(isRetriable(error)).toBe(true);
    expect(kafkaError(error, 'send').code).toBe('PLB_TRANSPORT_UNAVAILABLE');
  });
});

describe('what somebody must mend', () => {
  test.each([
    ['PLB_TRANSPORT_TLS', lost('CERT_HAS_EXPIRED'), /kafka-1:9092: its certificate has expired/],
    ['PLB_TRANSPORT_TLS', lost('ERR_TLS_CERT_ALTNAME_INVALID'), /another host name/],
    ['PLB_TRANSPORT_TLS', lost('ERR_SSL_TLSV1_ALERT_UNKNOWN_CA'), /client certificate/],
    ['PLB_TRANSPORT_TLS', lost('ERR_SSL_NO_SHARED_CIPHER'), /ERR_SSL_NO_SHARED_CIPHER/],
    [
      'PLB_TRANSPORT_AUTHENTICATION',
      named('KafkaJSSASLAuthenticationError', 'SASL PLAIN authentication failed: no'),
      /kafka-1:9092: it refuses the login/,
    ],
    ['PLB_TRANSPORT_AUTHORIZATION', createErrorFromCode(29), /may not/],
    ['PLB_TRANSPORT_TOPIC', createErrorFromCode(3), /does not exist/],
    ['PLB_INTERNAL', new TypeError('x is not a function'), /x is not a function/],
    [
      'PLB_TRANSPORT_TLS',
      new NoBrokerError([lost('ECONNREFUSED'), lost('CERT_HAS_EXPIRED')]),
      /refuses the connection; .*has expired/,
    ],
  ] as const)('%s', (code, error, message) => {
    expect(isRetriable(error)).toBe(false);
    expect(kafkaError(error, 'send')).toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });

  test('a coded error is told as it is, also when others fail otherwise', () => {
    const coded = new PlumblineError('PLB_SECRET_MISSING', 'not set');
    expect(kafkaError(coded, 'send')).toBe(coded);
    expect(kafkaError(new NoBrokerError([lost('ECONNREFUSED'), coded]), 'send')).toBe(coded);
  });
});

test('the words of a refused login are not repeated', () => {
  const error = named('KafkaJSSASLAuthenticationError', 'failed for hunter2');
  expect(kafkaError(error, 'send').message).not.toContain('hunter2');
});
