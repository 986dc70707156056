/**
 * One line for a person from one JSON log line: time of day, level, message, then what else was
 * said as `name=value`. A stack follows on lines of its own. What is not JSON stays as it is.
 */
export function prettyLine(line: string): string {
  const entry = parse(line);
  if (entry === undefined) return line;
  const { time, level, msg, err, ...rest } = entry;
  const clock = typeof time === 'string' ? time.slice(11, 19) : '';
  const words = [
    clock,
    String(level ?? '')
      .toUpperCase()
      .padEnd(5),
    String(msg ?? ''),
  ];
  for (const [name, value] of Object.entries(rest)) words.push(`${name}=${shown(value)}`);
  const error = isRecord(err) ? err : undefined;
  if (error !== undefined && error.message !== msg) words.push(`error=${shown(error.message)}`);
  const stack = typeof error?.stack === 'string' ? `\n${error.stack}` : '';
  return `${words.filter((word) => word !== '').join(' ')}${stack}\n`;
}

function parse(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Bare where it reads well, quoted where blanks or line ends would run into the next word. */
function shown(value: unknown): string {
  if (typeof value === 'string' && /^[^\s"=]+$/.test(value)) return value;
  return JSON.stringify(value) ?? 'undefined';
}
