import { createPublicKey, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { createAuthority, issueCertificate } from './certificate.ts';

describe('issueCertificate', () => {
  const authority = createAuthority('Tests');
  const root = new X509Certificate(authority.certificate);

  test('is signed by its authority alone and stands for its hosts alone', () => {
    const issued = issueCertificate(authority, { name: 'x', hosts: ['localhost', '127.0.0.1'] });
    const read = new X509Certificate(issued.certificate);
    expect(root.ca).toBe(true);
    expect(read.ca).toBe(false);
    expect(read.checkIssued(root)).toBe(true);
    expect(read.verify(root.publicKey)).toBe(true);
    const other = new X509Certificate(createAuthority('Tests').certificate);
    expect(read.verify(other.publicKey)).toBe(false);
    expect(read.subject).toBe('CN=x');
    expect(read.checkHost('localhost')).toBe('localhost');
    expect(read.checkHost('elsewhere.example')).toBeUndefined();
    expect(read.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(read.publicKey.equals(createPublicKey(issued.key))).toBe(true);
  });

  test('is valid for the time asked for', () => {
    const notBefore = new Date('2020-01-01T00:00:00Z');
    const notAfter = new Date('2020-02-01T12:34:56Z');
    const { certificate } = issueCertificate(authority, { name: 'x', notBefore, notAfter });
    const read = new X509Certificate(certificate);
    expect(read.validFromDate).toEqual(notBefore);
    expect(read.validToDate).toEqual(notAfter);
  });

  test('serves a handshake in which both sides prove who they are', async () => {
    const server = issueCertificate(authority, { name: 'server', hosts: ['127.0.0.1'] });
    const client = issueCertificate(authority, { name: 'client' });
    const trust = { ca: authority.certificate };
    const listener = createServer(
      { ...trust, cert: server.certificate, key: server.key, requestCert: true },
      (socket) => socket.end(String(socket.getPeerCertificate().subject.CN)),
    ).listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const { port } = listener.address() as AddressInfo;
    const socket = connect({
      ...{ ...trust, host: '127.0.0.1', port },
      ...{ cert: client.certificate, key: client.key },
    });
    const [name] = await once(socket, 'data');
    expect(String(name)).toBe('client');
    socket.destroy();
    listener.close();
  });
});
