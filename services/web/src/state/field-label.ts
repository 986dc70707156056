/** The name that people read: the stream as a whole is its volume; a segment follows its field. */
export function fieldLabel(field: {
  readonly field: string | null;
  readonly segment: string | null;
}): string {
  const name = field.field ?? 'Volume';
  return field.segment === null ? name : `${name} · ${field.segment}`;
}
