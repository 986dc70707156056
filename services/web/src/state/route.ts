import { isoMinute } from '../format/time.ts';

/** What the address after `#` selects. A window of `null` follows the newest one. */
export interface Selection {
  readonly monitor: string;
  /** `null` is the stream as a whole. */
  readonly field: string | null;
  readonly segment: string | null;
  readonly window: number | null;
}

/** Stands for the stream as a whole where a field name is expected. */
const WHOLE_STREAM = '~stream';

function encodeField(field: string | null): string {
  if (field === null) return WHOLE_STREAM;
  // A real field that starts with the marker gets a second one, so that both can be told apart.
  return encodeURIComponent(field.startsWith('~') ? `~${field}` : field);
}

function decodeField(text: string): string | null {
  if (text === WHOLE_STREAM) return null;
  return text.startsWith('~') ? text.slice(1) : text;
}

/** `#/monitor/field/window?segment=s`; a selection of `null` is the overview. */
export function formatRoute(selection: Selection | null): string {
  if (selection === null) return '#/';
  const parts = [encodeURIComponent(selection.monitor), encodeField(selection.field)];
  if (selection.window !== null) parts.push(isoMinute(selection.window));
  const query =
    selection.segment === null ? '' : `?segment=${encodeURIComponent(selection.segment)}`;
  return `#/${parts.join('/')}${query}`;
}

/** Reads an address; whatever does not name a monitor and a field is the overview. */
export function parseRoute(hash: string): Selection | null {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  const parts = path.split('/').map(decodeOrEmpty);
  const [monitor = '', field = '', window = ''] = parts;
  if (monitor === '' || field === '') return null;
  const start = Date.parse(window);
  return {
    monitor,
    field: decodeField(field),
    segment: new URLSearchParams(query).get('segment'),
    window: Number.isNaN(start) ? null : start,
  };
}

function decodeOrEmpty(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}
