/**
 * A name, or its absence, as text that can stand in a key: `null` sorts first and differs from the
 * empty name. Databases neither compare NULL nor let it into a primary key.
 */
export function nameKey(name: string | null): string {
  return name === null ? '' : `:${name}`;
}

/** The inverse of `nameKey`. */
export function nameOfKey(key: string): string | null {
  return key === '' ? null : key.slice(1);
}
