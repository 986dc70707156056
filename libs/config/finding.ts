import type { Suggestion } from './suggest.ts';

export type PathKey = string | number;

/** Something wrong in a document, before it is known where in the text that is. */
export interface Finding {
  readonly path: readonly PathKey[];
  /** Whether the key or its value is to blame: decides which of the two is pointed at. */
  readonly target: 'key' | 'value';
  /** Completes "<path>: …". */
  readonly reason: string;
  readonly fix?: string;
  readonly suggestion?: Suggestion;
}

/** `monitors.daily.window`, with what would be ambiguous in brackets: `thresholds["*"]`, `[0]`. */
export function formatKeyPath(path: readonly PathKey[]): string {
  let text = '';
  for (const key of path) {
    if (typeof key === 'number') text += `[${key}]`;
    else if (!/^[A-Za-z0-9_-]{1,100}$/.test(key)) text += `[${JSON.stringify(shorten(key))}]`;
    else text += text === '' ? key : `.${key}`;
  }
  return text;
}

/** A text short enough for a message. */
export function shorten(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 57)}…`;
}
