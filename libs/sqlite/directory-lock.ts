import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import { sqliteResultCode } from './sqlite-result-code.ts';

/** A directory that this process owns until `release`, or until it ends in whatever way. */
export interface DirectoryLock {
  readonly directory: string;
  /** Gives the directory back. Safe to call twice. */
  release(): void;
}

interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly owner: string;
}

const SQLITE_BUSY = 5;

/** A connection that is garbage-collected would drop its lock without a word: hold them here. */
const held = new Set<DatabaseSync>();

/**
 * Makes this process the only owner of a directory, which is created if need be. The lock is an
 * exclusive SQLite transaction on `lock.sqlite`: the operating system ends it with the process,
 * `kill -9` included, so there is no stale lock to clean up. `lock.json` beside it says who has it,
 * for the message only. It holds between threads of one process too. A few milliseconds, once.
 *
 * @param options.owner what the directory is used for, as the message of the next one shall say it
 * @throws PLB_STORE_LOCKED naming the holder's pid; PLB_FILE_NOT_FOUND when it cannot be written
 */
export function lockDirectory(
  directory: string,
  options: { readonly owner: string },
): DirectoryLock {
  const path = resolve(directory);
  let database: DatabaseSync | undefined;
  try {
    mkdirSync(path, { recursive: true });
    database = new DatabaseSync(join(path, 'lock.sqlite'), { timeout: 0 });
    database.exec('BEGIN EXCLUSIVE');
    writeHolder(path, { pid: process.pid, host: hostname(), owner: options.owner });
  } catch (cause) {
    database?.close();
    if (sqliteResultCode(cause) === SQLITE_BUSY) throw lockedError(path, cause);
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new PlumblineError(
      'PLB_FILE_NOT_FOUND',
      `Cannot lock ${path}: the directory must be writable, got "${reason}".`,
      { path, fix: 'Choose a directory that this user may write to.', cause },
    );
  }
  const lock = database;
  held.add(lock);
  return {
    directory: path,
    release() {
      if (!held.delete(lock)) return;
      // Before the lock goes: afterwards the file may be the next holder's.
      rmSync(join(path, 'lock.json'), { force: true });
      lock.close();
    },
  };
}

function writeHolder(directory: string, holder: Holder): void {
  const draft = join(directory, `lock.json.${holder.pid}`);
  writeFileSync(draft, `${JSON.stringify(holder)}\n`);
  renameSync(draft, join(directory, 'lock.json'));
}

function readHolder(directory: string): Holder | undefined {
  try {
    const read: unknown = JSON.parse(readFileSync(join(directory, 'lock.json'), 'utf8'));
    if (typeof read !== 'object' || read === null) return undefined;
    const { pid, host, owner } = read as Partial<Record<keyof Holder, unknown>>;
    return typeof pid === 'number' && typeof host === 'string' && typeof owner === 'string'
      ? { pid, host, owner }
      : undefined;
  } catch {
    return undefined;
  }
}

function lockedError(path: string, cause: unknown): PlumblineError {
  const holder = readHolder(path);
  const elsewhere = holder !== undefined && holder.host !== hostname() ? ` on ${holder.host}` : '';
  const who =
    holder === undefined
      ? 'another process'
      : holder.pid === process.pid && elsewhere === ''
        ? `this very process, ${holder.pid} (${holder.owner})`
        : `process ${holder.pid}${elsewhere} (${holder.owner})`;
  return new PlumblineError(
    'PLB_STORE_LOCKED',
    `Cannot open ${path}: the directory must have one owner, got one that belongs to ${who}.`,
    {
      path,
      fix: 'Stop that process, choose another directory, or talk to its API instead.',
      cause,
    },
  );
}
