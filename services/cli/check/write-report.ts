import { stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import { reasonOf } from '../system-reason.ts';

/**
 * Refuses, before anything is read, a report that could not be written or would replace what it is
 * about.
 *
 * @throws PLB_FILE_EXISTS, PLB_FILE_NOT_FOUND
 */
export async function checkOutput(output: string, inputs: readonly string[]): Promise<void> {
  const folder = await stat(dirname(output)).catch((cause: unknown) => {
    throw unwritable(output, reasonOf(cause));
  });
  if (!folder.isDirectory()) throw unwritable(output, `${dirname(output)} is no directory`);
  const there = await stat(output).catch(() => undefined);
  if (there === undefined) return;
  if (there.isDirectory()) throw unwritable(output, 'it is a directory');
  for (const input of inputs) {
    const read = await stat(input).catch(() => undefined);
    if (read === undefined || read.ino !== there.ino || read.dev !== there.dev) continue;
    throw new PlumblineError(
      'PLB_FILE_EXISTS',
      `Cannot write ${output}: it is the file ${input}, which is read`,
      { path: output, fix: 'name another file with --output' },
    );
  }
}

/** @throws PLB_FILE_NOT_FOUND when it cannot be written */
export async function writeReport(output: string, text: string): Promise<void> {
  await writeFile(output, text).catch((cause: unknown) => {
    throw unwritable(output, reasonOf(cause));
  });
}

function unwritable(output: string, why: string): PlumblineError {
  return new PlumblineError('PLB_FILE_NOT_FOUND', `Cannot write ${output}: ${why}`, {
    path: output,
    fix: 'name a file in a directory that is there and may be written to',
  });
}
