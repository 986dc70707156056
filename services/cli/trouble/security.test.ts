import { existsSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { describeOnKafka } from '#deploy/kafka/test-kafka.ts';
import { createLab, type Lab } from '../testing/lab.ts';
import { endAll } from '../testing/run-cli.ts';
import { writeServiceConfig } from '../testing/service-lab.ts';
import { WatchedService } from '../testing/watched-service.ts';

let lab: Lab;
beforeAll(() => {
  lab = createLab();
});
afterAll(() => lab.remove());
afterEach(endAll);

const WRONG = 'wrong-hunter2';

describeOnKafka(
  'Kafka that lets nobody in without',
  (kafka) => {
    const ca = () => lab.write('ca.pem', kafka().certificates.authority);
    const brokerOf = (kind: Parameters<ReturnType<typeof kafka>['listener']>[0]) =>
      JSON.stringify(kafka().listener(kind));
    const login = (user: 'admin' | 'limited' | 'stranger', secret: string) =>
      `sasl: { mechanism: plain, username: ${user}, password: ${secret} }`;
    const secretOf = (user: 'admin' | 'limited' | 'stranger') =>
      `{ file: ${lab.write(`${user}.secret`, kafka().users[user].password)} }`;

    const cases: readonly (readonly [string, () => string, readonly RegExp[]])[] = [
      [
        'the right password',
        () =>
          `brokers: ${brokerOf('sasl-tls')}, tls: { ca_file: ${ca()} }, ${login('admin', '{ env: KAFKA_WRONG }')}`,
        [
          /PLB_TRANSPORT_AUTHENTICATION .*127\.0\.0\.1:\d+: it refuses the login: wrong user name, password or token/,
          /fix: check kafka\.sasl/,
        ],
      ],
      [
        'a certificate that is valid still',
        () => `brokers: ${brokerOf('tls-expired')}, tls: { ca_file: ${ca()} }`,
        [
          /PLB_TRANSPORT_TLS .*127\.0\.0\.1:\d+: its certificate has expired/,
          /fix: renew the cert/,
        ],
      ],
      [
        'the name that it is called by',
        () => `brokers: ${brokerOf('tls-wrong-host')}, tls: { ca_file: ${ca()} }`,
        [/PLB_TRANSPORT_TLS .*its certificate is for another host name/, /kafka\.tls\.server_name/],
      ],
      [
        'an authority that is known',
        () => `brokers: ${brokerOf('tls-foreign')}, tls: { ca_file: ${ca()} }`,
        [/PLB_TRANSPORT_TLS .*by an unknown authority|not signed by the tr/, /kafka\.tls\.ca_file/],
      ],
      [
        'the right to create topics',
        () => `brokers: ${brokerOf('sasl')}, ${login('limited', secretOf('limited'))}`,
        [
          /PLB_TRANSPORT_AUTHORIZATION Cannot create topic [\w-]+\.blocks: it does not exist, or is hidden from this user, who may not/,
          /fix: grant .* have it created: kafka-topics.* --create .*cleanup\.policy=compact/,
        ],
      ],
      [
        'any rights',
        () => `brokers: ${brokerOf('sasl')}, ${login('stranger', secretOf('stranger'))}`,
        [/PLB_TRANSPORT_AUTHORIZATION .*\.blocks/, /fix: .*kafka-/],
      ],
      [
        'TLS where TLS is spoken',
        () => `brokers: ${brokerOf('sasl-tls')}, ${login('admin', secretOf('admin'))}`,
        [/PLB_TRANSPORT_UNAVAILABLE .*closed the connection/, /fix: check that the port/],
      ],
    ];

    test.each(cases)(
      '%s is waited for, in words and without a secret',
      async (name, how, said) => {
        const config = writeServiceConfig({
          ...{ folder: lab.folder, name: name.toLowerCase().replaceAll(' ', '-') },
          engines: `kafka: { ${how()}, request_timeout: 2s }`,
        });
        const service = new WatchedService(config, {
          env: { KAFKA_WRONG: WRONG },
        });
        for (const piece of said) await service.said(piece);
        await service.logged(/"level":"warn".*"role":"transport".*"code":"PLB_TRANSPORT_/);
        const { name: check } = await service.unready(/Cannot .* (topic|Kafka)/);
        expect(check).toBe('start');
        expect(await service.metrics()).toMatch(/plumbline_failures_total\{role="transport"/);
        // Its retries tell nothing new, and end when they are not wanted any more.
        expect(service.process.out().match(/^waiting:/gm)).toHaveLength(1);
        expect(await service.stop('SIGINT')).toBe(130);
        const shown = service.everything();
        for (const { password } of Object.values(kafka().users))
          expect(shown).not.toContain(password);
        expect(shown).not.toContain(WRONG);
        expect(shown).not.toContain('PRIVATE KEY');
      },
      60_000,
    );

    test('a password that is put right while it is waited for is used', async () => {
      const file = lab.write('changing.secret', WRONG);
      const config = writeServiceConfig({
        ...{ folder: lab.folder, name: 'mended' },
        engines: `kafka: { brokers: ${brokerOf('sasl')}, ${login('admin', `{ file: ${file} }`)} }`,
      });
      const service = new WatchedService(config);
      await service.said(/PLB_TRANSPORT_AUTHENTICATION/);
      lab.write('changing.secret', `${kafka().users.admin.password}\n`);
      await service.said(/going on\n/);
      await service.said(/plumbline is at/);
      expect(await service.stop()).toBe(0);
      expect(existsSync(lab.at('mended'))).toBe(true);
    }, 60_000);
  },
  {
    security: ['sasl', 'sasl-tls', 'tls-expired', 'tls-wrong-host', 'tls-foreign'],
    authorizer: true,
  },
);
