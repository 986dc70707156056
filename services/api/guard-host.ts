import { PlumblineError } from '#libs/errors/plumbline-error.ts';

/** Whether an address or name can only be reached from this machine. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[|\]$/g, '');
  return (
    name === 'localhost' ||
    name.endsWith('.localhost') ||
    name === '::1' ||
    /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(name)
  );
}

/**
 * Refuses requests under a foreign host name: a page of another site could otherwise point its own
 * name at this machine and read what is only meant for people at it (DNS rebinding).
 *
 * @throws PLB_HOST_REFUSED
 */
export function guardHost(header: string | undefined, allowed: readonly string[]): void {
  const host = hostName(header);
  if (host !== undefined && (isLoopback(host) || allowed.includes(host))) return;
  throw new PlumblineError(
    'PLB_HOST_REFUSED',
    `Cannot answer: the host must be a loopback name or address, got ${JSON.stringify(header ?? '')}.`,
    { fix: 'Open http://localhost with the port of this server.' },
  );
}

function hostName(header: string | undefined): string | undefined {
  const url = header === undefined ? null : URL.parse(`http://${header}`);
  return url === null ? undefined : url.hostname;
}
