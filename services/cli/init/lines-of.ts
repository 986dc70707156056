import type { LogRecord } from '#libs/transport/port.ts';

const NEWLINE = 10;
const RETURN = 13;
const decoder = new TextDecoder();

/** The records' values one a line, as they are unless they go over several lines. */
export function* linesOf(
  rows: Iterable<{ readonly record: LogRecord }>,
): Generator<string | Uint8Array> {
  for (const { record } of rows) {
    const value = record.value ?? new Uint8Array();
    const whole = !value.includes(NEWLINE) && !value.includes(RETURN);
    // JSON has line breaks between its tokens only.
    yield whole ? value : decoder.decode(value).replace(/[\r\n]+/g, ' ');
    yield '\n';
  }
}
