import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrokerListener } from './broker-settings.ts';
import { type Certificate, createAuthority, issueCertificate } from './certificate.ts';
import { CLIENT_NAME, USERS } from './users.ts';

/** How a listener of a started Kafka lets clients in. */
export type ListenerKind =
  /** Neither encryption nor names. */
  | 'plain'
  /** Encryption with a certificate of the own authority. */
  | 'tls'
  /** The same, and the client needs a certificate. */
  | 'tls-client'
  /** Passwords and tokens without encryption: every mechanism of Kafka. */
  | 'sasl'
  /** The same over encryption. */
  | 'sasl-tls'
  /** The server's certificate is over. */
  | 'tls-expired'
  /** The server's certificate is for another host. */
  | 'tls-wrong-host'
  /** The server's certificate is from another authority. */
  | 'tls-foreign';

/** What clients of the encrypted listeners need; PEM throughout. */
export interface KafkaCertificates {
  /** The authority that signed the certificates of brokers. */
  readonly authority: string;
  /** An authority that signed none of them, but for the listener `tls-foreign`. */
  readonly foreignAuthority: string;
  /** Accepted by `tls-client`. */
  readonly client: Certificate;
  /** Of the right authority, and over. */
  readonly expiredClient: Certificate;
  /** Of the other authority. */
  readonly foreignClient: Certificate;
}

const HOSTS = ['localhost', '127.0.0.1'];
const LOGIN = 'org.apache.kafka.common.security';

/** Makes authorities and certificates, and writes those of the brokers into the folder. */
export async function createCertificates(folder: string): Promise<KafkaCertificates> {
  const authority = createAuthority('Plumbline tests');
  const foreign = createAuthority('Somebody else');
  const over = { notBefore: new Date('2020-01-01'), notAfter: new Date('2020-02-01') };
  const server = { name: 'broker', hosts: HOSTS };
  const servers: Record<string, Certificate> = {
    server: issueCertificate(authority, server),
    expired: issueCertificate(authority, { ...server, ...over }),
    'wrong-host': issueCertificate(authority, { name: 'broker', hosts: ['elsewhere.example'] }),
    foreign: issueCertificate(foreign, server),
  };
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'authority.pem'), authority.certificate);
  for (const [name, { key, certificate }] of Object.entries(servers)) {
    await writeFile(join(folder, `${name}.pem`), key + certificate, { mode: 0o600 });
  }
  const client = { name: CLIENT_NAME };
  return {
    authority: authority.certificate,
    foreignAuthority: foreign.certificate,
    client: issueCertificate(authority, client),
    expiredClient: issueCertificate(authority, { ...client, ...over }),
    foreignClient: issueCertificate(foreign, client),
  };
}

/** Whether brokers with such listeners need certificates. */
export function needsCertificates(kinds: readonly ListenerKind[]): boolean {
  return kinds.some((kind) => kind.includes('tls'));
}

/** Protocol and settings of a listener; `folder` is that of the certificates. */
export function listenerOf(
  kind: ListenerKind,
  folder: string,
): Pick<BrokerListener, 'name' | 'protocol' | 'settings'> {
  const name = kind.replaceAll('-', '_').toUpperCase();
  switch (kind) {
    case 'plain':
      return { name, protocol: 'PLAINTEXT', settings: {} };
    case 'sasl':
      return { name, protocol: 'SASL_PLAINTEXT', settings: sasl() };
    case 'sasl-tls':
      return { name, protocol: 'SASL_SSL', settings: { ...sasl(), ...tls(folder, 'server') } };
    case 'tls':
      return { name, protocol: 'SSL', settings: tls(folder, 'server') };
    case 'tls-client':
      return {
        name,
        protocol: 'SSL',
        settings: { ...tls(folder, 'server'), 'ssl.client.auth': 'required' },
      };
    case 'tls-expired':
    case 'tls-wrong-host':
    case 'tls-foreign':
      return { name, protocol: 'SSL', settings: tls(folder, kind.slice('tls-'.length)) };
  }
}

function tls(folder: string, name: string): Record<string, string> {
  return {
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.location': join(folder, `${name}.pem`),
    'ssl.truststore.type': 'PEM',
    'ssl.truststore.location': join(folder, 'authority.pem'),
  };
}

function sasl(): Record<string, string> {
  const users = Object.values(USERS)
    .map(({ username, password }) => `user_${username}="${password}"`)
    .join(' ');
  const scram = `${LOGIN}.scram.ScramLoginModule required;`;
  const oauth = `${LOGIN}.oauthbearer.OAuthBearerLoginModule required`;
  return {
    'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER',
    'plain.sasl.jaas.config': `${LOGIN}.plain.PlainLoginModule required ${users};`,
    'scram-sha-256.sasl.jaas.config': scram,
    'scram-sha-512.sasl.jaas.config': scram,
    // Tokens without a signature: what Kafka itself has for tests.
    'oauthbearer.sasl.jaas.config': `${oauth} unsecuredLoginStringClaim_sub="broker";`,
  };
}
