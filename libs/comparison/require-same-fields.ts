import type { Baseline } from '#libs/baselines/baseline.ts';
import type { ComparisonConfig } from '#libs/config/resolved.ts';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import type { FieldSpec } from '#libs/profiles/field.ts';

/**
 * A baseline that was counted before cannot be counted otherwise: what is said about its fields has
 * to be what they are. Fields that it lacks are left to whoever looks for them.
 *
 * @throws PLB_CONFIG_INVALID
 */
export function requireSameFields(
  baseline: Pick<Baseline, 'fields'>,
  { fields, derive }: Pick<ComparisonConfig, 'fields' | 'derive'>,
): void {
  const said: readonly Partial<FieldSpec>[] = [
    ...(fields.kind === 'listed' ? fields.fields : []),
    ...derive.map(({ name, derivation, path }) => ({ name, derive: derivation, path })),
  ];
  for (const { name, ...settings } of said) {
    const spec = baseline.fields.find((field) => field.spec.name === name)?.spec;
    if (spec === undefined) continue;
    for (const key of Object.keys(settings) as (keyof typeof settings)[]) {
      const wanted = JSON.stringify(settings[key]);
      const is = JSON.stringify(spec[key]);
      if (wanted === is || (key === 'coerce' && settings.coerce === false && is === undefined)) {
        continue;
      }
      throw new PlumblineError(
        'PLB_CONFIG_INVALID',
        `Cannot use fields.${name}.${key}: the stored baseline was built with ${is ?? 'none'}, got ${wanted}`,
        {
          path: `fields.${name}.${key}`,
          fix: 'leave it out, or build the baseline anew with it',
        },
      );
    }
  }
}
