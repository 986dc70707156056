import { readFile } from 'node:fs/promises';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import type { SecretReference } from './resolved.ts';

/**
 * The secret that a reference points at, read now. No message ever holds its value.
 *
 * @throws PLB_SECRET_MISSING when the variable is not set, or the file is empty or unreadable
 */
export async function readSecret(
  reference: SecretReference,
  context: {
    readonly env: Readonly<Record<string, string | undefined>>;
    /** Place in the configuration, such as `kafka.sasl.password`. */
    readonly path: string;
  },
): Promise<string> {
  const { env, path } = context;
  if ('env' in reference) {
    const value = env[reference.env];
    if (value !== undefined && value !== '') return value;
    throw new PlumblineError(
      'PLB_SECRET_MISSING',
      `Cannot read ${path}: the environment variable ${reference.env} must hold it, it is ${value === '' ? 'empty' : 'not set'}`,
      { path, fix: `export ${reference.env}, or refer to a file: { file: PATH }` },
    );
  }
  const { file } = reference;
  const missing = (why: string, cause?: unknown) =>
    new PlumblineError(
      'PLB_SECRET_MISSING',
      `Cannot read ${path}: the file ${file} must hold it, ${why}`,
      {
        path,
        fix: 'check the path, and that this user may read the file',
        ...(cause === undefined ? {} : { cause }),
      },
    );
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw missing(`it ${reasonFor(cause)}`, cause);
  }
  const secret = text.replace(/\r?\n$/, '');
  if (secret === '') throw missing('it is empty');
  return secret;
}

function reasonFor(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'ENOENT') return 'does not exist';
  return code === 'EACCES' ? 'may not be read' : `cannot be read (${String(code ?? cause)})`;
}
