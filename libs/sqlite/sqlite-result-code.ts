/**
 * The primary SQLite result code of an error thrown by `node:sqlite` (5 busy, 10 I/O, 11 corrupt,
 * 13 full, …: https://sqlite.org/rescode.html), or `undefined` for any other error.
 */
export function sqliteResultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error)) return undefined;
  // The low byte is the primary code, what is above it makes the extended one.
  return typeof error.errcode === 'number' ? error.errcode & 0xff : undefined;
}
