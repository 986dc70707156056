import { createHash } from 'node:crypto';
import type { FieldLayout } from '#libs/profiles/layout.ts';
import { specToText } from './spec-text.ts';

/** SHA-256 over all that fixes the cells of the fields, lowercase hex. */
export function gridHash(fields: readonly FieldLayout[]): string {
  const hash = createHash('sha256').update('plumbline grid 1\n');
  for (const field of fields) {
    hash.update(`${JSON.stringify([field.kind, specToText(field.spec)])}\n`);
    // JSON writes a double so that it reads back as the same one, and escapes lone surrogates.
    if (field.kind === 'numeric') {
      hash.update(`${JSON.stringify([field.center, Array.from(field.knots)])}\n`);
    } else if (field.kind === 'categorical') {
      hash.update(`${JSON.stringify([field.categories, field.folded])}\n`);
    }
  }
  return hash.digest('hex');
}
