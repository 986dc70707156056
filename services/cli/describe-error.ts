import { PlumblineError } from '#libs/errors/plumbline-error.ts';

/** Longest line that is shown: a message may quote a file that is not text at all. */
const LONGEST_LINE = 400;

/**
 * An error for a person at a terminal: the code, what happened and where, and what to do. Only a
 * defect of Plumbline's own shows a stack.
 */
export function describeError(error: unknown): string {
  if (error instanceof PlumblineError) {
    const { path, fix } = error.detail;
    const place = path === undefined || error.message.includes(path) ? '' : ` (${path})`;
    const help = fix === undefined ? '' : `\n  fix: ${fix}`;
    return printable(`${error.code} ${error.message}${place}${help}`);
  }
  if (isSystemError(error)) return printable(`PLB_INTERNAL Cannot go on: ${error.message}`);
  return `PLB_INTERNAL ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n  fix: this is a defect of Plumbline; please report it with the lines above`;
}

/** Why something does not work at the moment, on one line, as a check of `/readyz` says it. */
export function describeReason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const fix = error instanceof PlumblineError ? error.detail.fix : undefined;
  return fix === undefined ? message : `${message} Fix: ${fix}`;
}

/** An error of the operating system: its message names the call and the file. */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error && 'code' in error;
}

/** Text of unknown origin without what could steer a terminal, and with lines of bounded length. */
export function printable(text: string): string {
  return text
    .split('\n')
    .map((line) => {
      const shown = line.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\ufffd]+/gu, '·');
      return shown.length <= LONGEST_LINE ? shown : `${shown.slice(0, LONGEST_LINE - 1)}…`;
    })
    .join('\n');
}
