import { resolve } from 'node:path';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import { type DirectoryLock, lockDirectory } from '#libs/sqlite/directory-lock.ts';
import type { Transport } from '../port.ts';
import { EmbeddedTransport } from './embedded-transport.ts';
import { LogClient } from './log-client.ts';
import type { LogOptions } from './protocol.ts';

export interface EmbeddedTransportOptions {
  /** Holds the log, `log.sqlite`; created if need be. */
  readonly directory: string;
  /** A lock on the directory that the caller holds, and will release after `close`. */
  readonly lock?: DirectoryLock;
  /** `full` (default): what `send` resolved survives a power cut; `normal`: a kill only. */
  readonly durability?: 'full' | 'normal';
  /** Upper bound of the log file in bytes; `send` fails with PLB_STORE_FULL beyond it. */
  readonly maxBytes?: number;
  /** A member whose handler runs longer than this is thrown out; 5 minutes unless given. */
  readonly handlingMs?: number;
  /** New bytes in a compact partition from which on it is compacted; 4 MiB unless given. */
  readonly compactAfterBytes?: number;
  /** How long the tombstone of a key outlives it, in milliseconds; an hour unless given. */
  readonly tombstoneMs?: number;
  /** Milliseconds since 1970, for timestamps and retention. */
  readonly now?: () => number;
}

const DEFAULTS = {
  durability: 'full',
  handlingMs: 5 * 60_000,
  compactAfterBytes: 4 * 1024 * 1024,
  tombstoneMs: 3_600_000,
  now: Date.now,
} as const;

/**
 * Opens the durable log in a directory, for the producers and group members of this process.
 * Records live in SQLite, owned by a thread of their own; one other thread reads.
 *
 * @throws PLB_STORE_LOCKED when another process has it, PLB_STORE_VERSION when a newer version
 * wrote it, PLB_WIRE_MALFORMED when the file is no log, PLB_FILE_NOT_FOUND when it cannot be made
 */
export async function openEmbeddedTransport(options: EmbeddedTransportOptions): Promise<Transport> {
  const settings = { ...DEFAULTS, ...options };
  const directory = resolve(options.directory);
  if (options.lock !== undefined && options.lock.directory !== directory) {
    throw new PlumblineError(
      'PLB_STORE_LOCKED',
      `Cannot open ${directory}: lock must be held on it, got one on ${options.lock.directory}.`,
    );
  }
  const own = options.lock === undefined ? lockDirectory(directory, { owner: 'log' }) : undefined;
  const log: LogOptions = {
    directory,
    durability: settings.durability,
    maxBytes: options.maxBytes,
    compactAfterBytes: settings.compactAfterBytes,
    tombstoneMs: settings.tombstoneMs,
  };
  try {
    const client = await LogClient.open(log, settings.now);
    return new EmbeddedTransport(client, {
      handlingMs: settings.handlingMs,
      closed: () => own?.release(),
    });
  } catch (error) {
    own?.release();
    throw error;
  }
}
