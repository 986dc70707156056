import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Certificate } from '#deploy/kafka/certificate.ts';
import type { ListenerKind } from '#deploy/kafka/listener-kinds.ts';
import { describeOnKafka } from '#deploy/kafka/test-kafka.ts';
import { unsecuredToken } from '#deploy/kafka/unsecured-token.ts';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import { coded } from '../contract-fixture.ts';
import type { Transport } from '../port.ts';
import { RecordingMember } from '../recording-member.ts';
import { until } from '../until.ts';
import type { KafkaOptions, KafkaSasl, KafkaTls } from './kafka-settings.ts';
import { openKafkaTransport } from './open-kafka-transport.ts';

const LISTENERS = [
  ...(['plain', 'tls', 'tls-client', 'sasl', 'sasl-tls'] as const),
  ...(['tls-expired', 'tls-wrong-host', 'tls-foreign'] as const),
];
const MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;
/** Far beyond what a refusal takes: what is refused must not be tried again for so long. */
const PATIENT = { retryForMs: 120_000, deliverForMs: 120_000 };
/** For what is tried again. */
const IMPATIENT = { retryForMs: 500, deliverForMs: 500, connectTimeoutMs: 500 };
/** Logins last so long; clients have to renew them. */
const LOGIN_MS = 3000;

describeOnKafka(
  'Kafka security',
  (kafka) => {
    let folder: string;
    let opened: Transport[];
    let said: string[];
    const value = Buffer.from('x');

    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'plumbline-security-'));
      opened = [];
      said = [];
    });
    afterEach(async () => {
      await Promise.all(opened.map((transport) => transport.close()));
      rmSync(folder, { recursive: true });
    });

    async function open(
      listener: ListenerKind,
      options: Partial<KafkaOptions> = {},
    ): Promise<Transport> {
      const transport = await openKafkaTransport({
        brokers: kafka().listener(listener),
        ...PATIENT,
        debug: (line) => said.push(line),
        ...options,
      });
      opened.push(transport);
      return transport;
    }

    function file(name: string, content: string): string {
      const path = join(folder, name);
      writeFileSync(path, content);
      return path;
    }

    function trusting(authority = kafka().certificates.authority): KafkaTls & { kind: 'on' } {
      return { kind: 'on', caFile: file('ca.pem', authority) };
    }

    /** Of a client with a certificate. */
    function presenting({ certificate, key }: Certificate): KafkaTls & { kind: 'on' } {
      return {
        ...trusting(),
        certificateFile: file('client.pem', certificate),
        keyFile: file('client-key.pem', key),
      };
    }

    function password(
      mechanism: (typeof MECHANISMS)[number],
      { username, password: secret }: { username: string; password: string },
    ): { sasl: KafkaSasl; env: Record<string, string> } {
      return {
        sasl: { mechanism, username, password: { env: 'PASSWORD' } },
        env: { PASSWORD: secret },
      };
    }

    function token(of: string): { sasl: KafkaSasl; env: Record<string, string> } {
      return {
        sasl: { mechanism: 'oauthbearer', token: { env: 'TOKEN' } },
        env: { TOKEN: of },
      };
    }

    /** Creates a topic, writes to it and reads it. */
    async function works(transport: Transport): Promise<void> {
      const topic = `security-${randomUUID()}`;
      await transport.ensureTopic({ topic, partitions: 1, cleanup: 'delete' });
      await transport.send(topic, [{ value }]);
      const { records } = await transport.read({ topic, partition: 0, offset: 0 });
      expect(records.map((record) => String(Buffer.from(record.value ?? [])))).toEqual(['x']);
      await transport.deleteTopic(topic);
    }

    /** The error with which everything is refused, be it asking, sending or joining. */
    async function refusal(transport: Transport): Promise<PlumblineError> {
      const handlers = {
        assigned: async () => [],
        revoked: async () => {},
        batch: async () => {},
        failed: () => {},
      };
      const attempts = await Promise.allSettled([
        transport.describe('some'),
        transport.send('some', [{ value }]),
        transport.join({ group: 'g', topics: ['some'], handlers }),
      ]);
      const reasons = attempts.map((attempt) =>
        attempt.status === 'rejected' ? attempt.reason : undefined,
      );
      const [first] = reasons;
      if (!(first instanceof PlumblineError)) throw new Error(inspect(attempts));
      for (const reason of reasons) expect(reason).toEqual(coded(first.code));
      return first;
    }

    describe('TLS', () => {
      test('with the own authority', async () => {
        await works(await open('tls', { tls: trusting() }));
      });

      test('with a client certificate', async () => {
        await works(await open('tls-client', { tls: presenting(kafka().certificates.client) }));
      });

      test.each([
        ['tls', 'signed by an unknown authority', 'ca_file'],
        ['tls-foreign', 'signed by an unknown authority', 'ca_file'],
        ['tls-expired', 'expired', 'clock'],
        ['tls-wrong-host', 'another host name', 'server_name'],
      ] as const)('of the listener %s is refused: %s', async (listener, why, fix) => {
        // The first is right, but nobody has told that its authority can be trusted.
        const tls = listener === 'tls' ? ({ kind: 'on' } as const) : trusting();
        const error = await refusal(await open(listener, { tls }));
        expect(error.code).toBe('PLB_TRANSPORT_TLS');
        expect(error.message).toContain(why);
        expect(error.message).toContain(kafka().listener(listener)[0]);
        expect(error.detail.fix).toContain(fix);
      });

      test('for another host name is accepted where the configuration names it', async () => {
        const tls = { ...trusting(), serverName: 'elsewhere.example' };
        await works(await open('tls-wrong-host', { tls }));
      });

      test.each([
        ['none', () => trusting()],
        ['an expired one', () => presenting(kafka().certificates.expiredClient)],
        ['that of another authority', () => presenting(kafka().certificates.foreignClient)],
      ] as const)('the broker refuses the client certificate: %s', async (_, tls) => {
        const error = await refusal(await open('tls-client', { tls: tls() }));
        expect(error.code).toBe('PLB_TRANSPORT_TLS');
        expect(error.message).toMatch(/client certificate/);
        expect(error.detail.fix).toContain('certificate_file');
      });

      test('reads certificates again when they are replaced', async () => {
        const { expiredClient, client, foreignAuthority } = kafka().certificates;
        const tls = { ...presenting(expiredClient), ...trusting(foreignAuthority) };
        const transport = await open('tls-client', { tls });
        expect((await refusal(transport)).message).toContain('unknown authority');
        trusting();
        expect((await refusal(transport)).message).toContain('client certificate');
        presenting(client);
        await works(transport);
      });

      test.each([
        ['tls', { kind: 'off' }],
        ['plain', { kind: 'on' }],
      ] as const)(
        'a listener %s and a client with TLS %o only lose each other',
        async (listener, tls) => {
          // A broker hangs up without a word, as one does that is going down.
          const error = await refusal(await open(listener, { tls, ...IMPATIENT }));
          expect(error.code).toBe('PLB_TRANSPORT_UNAVAILABLE');
          expect(error.detail.fix).toContain('kafka.tls');
        },
      );

      test('names the file that cannot be read', async () => {
        const caFile = join(folder, 'nowhere.pem');
        const error = await refusal(await open('tls', { tls: { kind: 'on', caFile } }));
        expect(error).toEqual(coded('PLB_TRANSPORT_TLS'));
        expect(error.message).toContain(caFile);
      });
    });

    describe('SASL', () => {
      const cases = MECHANISMS.flatMap((mechanism) =>
        (['sasl', 'sasl-tls'] as const).map((listener) => [mechanism, listener] as const),
      );

      test.each(cases)('%s over %s', async (mechanism, listener) => {
        const tls: KafkaTls = listener === 'sasl-tls' ? trusting() : { kind: 'off' };
        await works(await open(listener, { tls, ...password(mechanism, kafka().users.admin) }));
      });

      test.each(['sasl', 'sasl-tls'] as const)('oauthbearer over %s', async (listener) => {
        const tls: KafkaTls = listener === 'sasl-tls' ? trusting() : { kind: 'off' };
        await works(await open(listener, { tls, ...token(unsecuredToken('admin')) }));
      });

      test.each(MECHANISMS)(
        '%s with a wrong password is refused, and it is nowhere to be read',
        async (mechanism) => {
          const wrong = { username: 'admin', password: 'a-secret-never-told' };
          const error = await refusal(await open('sasl', password(mechanism, wrong)));
          expect(error.code).toBe('PLB_TRANSPORT_AUTHENTICATION');
          expect(error.message).toMatch(/wrong user name, password/);
          expect(error.message).toContain(kafka().listener('sasl')[0]);
          expect(traces(error, said)).not.toContain(wrong.password);
        },
      );

      test('a token that is over is refused, and it is nowhere to be read', async () => {
        const old = unsecuredToken('admin', { issuedAt: Date.now() - 7_200_000 });
        const error = await refusal(await open('sasl', token(old)));
        expect(error.code).toBe('PLB_TRANSPORT_AUTHENTICATION');
        expect(traces(error, said)).not.toContain(old.split('.')[1]);
      });

      test('a broker that wants a login hangs up on who has none', async () => {
        const error = await refusal(await open('sasl', IMPATIENT));
        expect(error.code).toBe('PLB_TRANSPORT_UNAVAILABLE');
        expect(error.detail.fix).toContain('kafka.sasl');
      });

      test('a password that is put right is used by the next attempt', async () => {
        const { sasl } = password('scram-sha-256', kafka().users.admin);
        const env: Record<string, string> = { PASSWORD: 'wrong' };
        const transport = await open('sasl', { sasl, env });
        await refusal(transport);
        env.PASSWORD = kafka().users.admin.password;
        await works(transport);
      });

      test('logins that end are renewed, and no record is lost or repeated', async () => {
        const transport = await open('sasl', password('scram-sha-512', kafka().users.admin));
        const topic = `security-${randomUUID()}`;
        await transport.ensureTopic({ topic, partitions: 1, cleanup: 'delete' });
        const end = performance.now() + 2.5 * LOGIN_MS;
        let count = 0;
        for (; performance.now() < end; count += 1) {
          await transport.send(topic, [{ value }]);
          await transport.read({ topic, partition: 0, offset: count });
        }
        const [partition] = (await transport.describe(topic))?.partitions ?? [];
        expect(partition?.end).toBe(count);
      });
    });

    describe('a token from an endpoint', () => {
      const clientSecret = 'a-secret-never-told';
      const endpointOf = (url: string) => ({
        sasl: {
          mechanism: 'oauthbearer' as const,
          tokenEndpoint: { url, clientId: 'plumbline', clientSecret: { env: 'SECRET' } },
        },
        env: { SECRET: clientSecret },
      });

      /** Answers every request so; tells the URL and the logins that it saw. */
      async function endpoint(
        answer: () => { status: number; body: unknown },
        use: (url: string, seen: string[]) => Promise<void>,
      ): Promise<void> {
        const seen: string[] = [];
        const server = createServer((request, response) => {
          seen.push(request.headers.authorization ?? '');
          const { status, body } = answer();
          response.writeHead(status, { 'content-type': 'application/json' });
          response.end(JSON.stringify(body));
        }).listen(0, '127.0.0.1');
        await once(server, 'listening');
        try {
          await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}/token`, seen);
        } finally {
          server.closeAllConnections();
          server.close();
        }
      }

      test('is asked for with the client’s name and used until it ends', () =>
        endpoint(
          () => ({
            status: 200,
            body: { access_token: unsecuredToken('admin'), expires_in: 3600 },
          }),
          async (url, seen) => {
            await works(await open('sasl', endpointOf(url)));
            const basic = Buffer.from(`plumbline:${clientSecret}`).toString('base64');
            expect(seen).toEqual([`Basic ${basic}`]);
          },
        ));

      test('that refuses is told with its reason and without secrets', () =>
        endpoint(
          () => ({ status: 401, body: { error: 'invalid_client' } }),
          async (url) => {
            const error = await refusal(await open('sasl', endpointOf(url)));
            expect(error.code).toBe('PLB_TRANSPORT_AUTHENTICATION');
            expect(error.message).toContain('invalid_client');
            expect(traces(error, said)).not.toContain(clientSecret);
          },
        ));
    });

    describe('rights', () => {
      const newTopic = async () => {
        const admin = await open('plain');
        const topic = `security-${randomUUID()}`;
        await admin.ensureTopic({ topic, partitions: 2, cleanup: 'delete' });
        return topic;
      };

      test('who may not create uses topics as they are', async () => {
        const topic = await newTopic();
        const transport = await open('sasl', password('plain', kafka().users.limited));
        const spec = { topic, partitions: 5, cleanup: 'compact' } as const;
        expect((await transport.ensureTopic(spec)).partitions.length).toBe(2);
        await transport.send(
          topic,
          [0, 1].map((partition) => ({ partition, value })),
        );
        const group = `g-${randomUUID()}`;
        const member = await RecordingMember.join(transport, {
          ...{ group, topics: [topic] },
          commit: true,
        });
        await until(
          async () => (await transport.committed(group, topic)).every((one) => one?.offset === 1),
          { what: 'both partitions are read and committed' },
        );
        expect(member.failures).toEqual([]);
        await member.membership.leave();
      });

      test('who may not create is told so, at once', async () => {
        const transport = await open('sasl', password('plain', kafka().users.limited));
        const topic = `security-${randomUUID()}`;
        expect(await transport.describe(topic)).toBeUndefined();
        const spec = { topic, partitions: 1, cleanup: 'delete' } as const;
        const error = await transport.ensureTopic(spec).catch((reason: unknown) => reason);
        expect(error).toEqual(coded('PLB_TRANSPORT_AUTHORIZATION'));
        expect(String(error)).toContain(topic);
      });

      test('who may do nothing is told so, at once', async () => {
        const topic = await newTopic();
        const transport = await open('sasl', password('plain', kafka().users.stranger));
        const handlers = {
          assigned: async () => [],
          revoked: async () => {},
          batch: async () => {},
          failed: () => {},
        };
        const attempts = [
          transport.describe(topic),
          transport.ensureTopic({ topic, partitions: 2, cleanup: 'delete' }),
          transport.send(topic, [{ value }]),
          transport.read({ topic, partition: 0, offset: 0 }),
          transport.committed('g', topic),
          transport.join({ group: 'g', topics: [topic], handlers }),
          transport.deleteTopic(topic),
        ];
        for (const attempt of await Promise.allSettled(attempts)) {
          expect(attempt).toMatchObject({ reason: { code: 'PLB_TRANSPORT_AUTHORIZATION' } });
        }
      });
    });
  },
  {
    security: LISTENERS,
    authorizer: true,
    settings: { 'connections.max.reauth.ms': String(LOGIN_MS) },
  },
);

/** All that somebody could log: the error with its causes and fields, and the debug log. */
function traces(error: Error, said: readonly string[]): string {
  return inspect(error, { depth: 20, showHidden: true, maxStringLength: null }) + said.join('\n');
}
