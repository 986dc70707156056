const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or directory',
  ENOTDIR: 'a part of the path is a file',
  EISDIR: 'it must be a file, got a directory',
  EACCES: 'this user may not access it',
  EPERM: 'this user may not access it',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk has no space left',
};

/** Why the operating system refused, in words; what has no words of ours keeps its own. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? String(error.code) : '';
  return REASONS[code] ?? error.message;
}
