import type { Derivation } from '#libs/profiles/field.ts';
import type { DerivedField, FieldOverride } from '../resolved.ts';
import type { DeriveDocument, FieldOverrideDocument } from '../schemas/field.ts';

export function resolveFieldOverrides(
  fields: Readonly<Record<string, FieldOverrideDocument>> = {},
): readonly FieldOverride[] {
  return Object.entries(fields).map(([name, override]) => ({ name, ...override }));
}

export function resolveDerivedFields(derive: DeriveDocument = {}): readonly DerivedField[] {
  return Object.entries(derive).flatMap(([name, expression]) =>
    Object.entries(expression).map(([derivation, path]) => ({
      name,
      // The schema admits no other keys.
      derivation: derivation as Derivation,
      path,
    })),
  );
}
