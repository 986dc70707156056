import { createHash, type Hash } from 'node:crypto';
import type { CellLayout, FieldLayout } from '#libs/profiles/layout.ts';
import { specToText } from './spec-text.ts';

/** SHA-256 over all that fixes the cells of the fields and the segments, lowercase hex. */
export function gridHash({ fields, segments }: CellLayout): string {
  const hash = createHash('sha256').update('plumbline grid 1\n');
  addFields(hash, fields);
  if (segments !== undefined) {
    // Behind the fields, so that a grid without segments has the hash that it always had.
    hash.update(`${JSON.stringify(['segments', segments.by.map(specToText), segments.values])}\n`);
    addFields(hash, segments.fields);
  }
  return hash.digest('hex');
}

function addFields(hash: Hash, fields: readonly FieldLayout[]): void {
  for (const field of fields) {
    hash.update(`${JSON.stringify([field.kind, specToText(field.spec)])}\n`);
    // JSON writes a double so that it reads back as the same one, and escapes lone surrogates.
    if (field.kind === 'numeric') {
      hash.update(`${JSON.stringify([field.center, Array.from(field.knots)])}\n`);
    } else if (field.kind === 'categorical') {
      hash.update(`${JSON.stringify([field.categories, field.folded])}\n`);
    }
  }
}
