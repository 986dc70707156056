import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIPv4 } from 'node:net';

/** A certificate with its private key, both as PEM. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

/** What may sign certificates. */
export interface Authority extends Certificate {
  readonly name: string;
}

export interface CertificateOptions {
  /** Common name of the subject. */
  readonly name: string;
  /** Host names and IPv4 addresses for which it stands: a server's; a client's has none. */
  readonly hosts?: readonly string[];
  readonly notBefore?: Date;
  readonly notAfter?: Date;
}

const HOUR_MS = 3_600_000;

// Object identifiers and fixed structures, in DER.
const ECDSA_WITH_SHA256 = Buffer.from('300a06082a8648ce3d040302', 'hex');
const COMMON_NAME = Buffer.from('0603550403', 'hex');
const BASIC_CONSTRAINTS_CA = Buffer.from('300f0603551d130101ff040530030101ff', 'hex');
const SUBJECT_ALT_NAME = Buffer.from('0603551d11', 'hex');

/** A certificate authority of one's own, which no other trusts. */
export function createAuthority(name: string): Authority {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const certificate = build({
    name,
    issuer: name,
    subjectKey: keys.publicKey,
    signer: keys.privateKey,
    extensions: [BASIC_CONSTRAINTS_CA],
  });
  return { name, certificate, key: pem(keys.privateKey) };
}

/**
 * A certificate for a server or a client, signed by the authority (X.509 version 3, P-256,
 * ECDSA with SHA-256). Any validity can be had, also one that is over, which the usual tools refuse.
 */
export function issueCertificate(authority: Authority, options: CertificateOptions): Certificate {
  const { hosts = [] } = options;
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const certificate = build({
    ...options,
    issuer: authority.name,
    subjectKey: keys.publicKey,
    signer: authority.key,
    extensions:
      hosts.length === 0
        ? []
        : [sequence(SUBJECT_ALT_NAME, der(0x04, sequence(...hosts.map(generalName))))],
  });
  return { certificate, key: pem(keys.privateKey) };
}

function build(
  options: CertificateOptions & {
    readonly issuer: string;
    readonly subjectKey: KeyObject;
    readonly signer: KeyObject | string;
    readonly extensions: readonly Uint8Array[];
  },
): string {
  const now = Date.now();
  const { notBefore = new Date(now - HOUR_MS), notAfter = new Date(now + 24 * HOUR_MS) } = options;
  const content = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    // Positive and without a leading zero, as a serial number must be.
    der(0x02, Buffer.concat([Buffer.from([0x40]), randomBytes(15)])),
    ECDSA_WITH_SHA256,
    distinguishedName(options.issuer),
    sequence(utcTime(notBefore), utcTime(notAfter)),
    distinguishedName(options.name),
    options.subjectKey.export({ type: 'spki', format: 'der' }),
    ...(options.extensions.length === 0 ? [] : [der(0xa3, sequence(...options.extensions))]),
  );
  const signature = der(0x03, Buffer.from([0]), sign('sha256', content, options.signer));
  const encoded = sequence(content, ECDSA_WITH_SHA256, signature).toString('base64');
  const lines = encoded.match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

function pem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const head =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...head]), content]);
}

function sequence(...parts: readonly Uint8Array[]): Buffer {
  return der(0x30, ...parts);
}

function distinguishedName(name: string): Buffer {
  return sequence(der(0x31, sequence(COMMON_NAME, der(0x0c, Buffer.from(name)))));
}

function utcTime(time: Date): Buffer {
  return der(0x17, Buffer.from(`${time.toISOString().slice(2, 19).replaceAll(/[-T:]/g, '')}Z`));
}

function generalName(host: string): Buffer {
  return isIPv4(host)
    ? der(0x87, Buffer.from(host.split('.').map(Number)))
    : der(0x82, Buffer.from(host));
}
