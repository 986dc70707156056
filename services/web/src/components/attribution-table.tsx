import type { Evaluation } from '#libs/detectors/evaluation.ts';
import { formatChange } from '#libs/detectors/format-figure.ts';
import { statisticShortName } from '../format/statistic-name.ts';
import { formatRoute } from '../state/route.ts';

/** More would be small parts that nobody looks at. */
const SHOWN = 10;

/** Which segments carry the figure that led to the alarm; absent without segments. */
export function AttributionTable(props: { readonly evaluation: Evaluation }) {
  const { evaluation } = props;
  const [found] = Object.entries(evaluation.statistics).flatMap(([name, { attribution }]) =>
    attribution === undefined ? [] : [{ name, parts: attribution }],
  );
  if (found === undefined) return null;
  const { name, parts } = found;
  const whole = parts.reduce((sum, { within, mix }) => sum + within + mix, 0);
  const percent = (part: number): string => `${Math.round((100 * part) / whole)}%`;
  return (
    <section class="block" aria-labelledby="attribution-heading">
      <h3 id="attribution-heading">Which segments carry {statisticShortName(name)}</h3>
      <table>
        <thead>
          <tr>
            <th scope="col">Segment</th>
            <th scope="col" class="number">
              Carries
            </th>
            <th scope="col" class="number" title="because its own values changed">
              Within
            </th>
            <th scope="col" class="number" title="because its share of all changed">
              Mix
            </th>
            <th scope="col" class="number">
              Share of all
            </th>
          </tr>
        </thead>
        <tbody>
          {parts.slice(0, SHOWN).map(({ segment, within, mix, baseline, window }) => (
            <tr key={segment}>
              <th scope="row">
                <a href={linkTo(evaluation, segment)}>{segment}</a>
              </th>
              <td class="number">
                <b>{percent(within + mix)}</b>
              </td>
              <td class="number">{percent(within)}</td>
              <td class="number">{percent(mix)}</td>
              <td class="number">{formatChange(baseline, window)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {parts.length > SHOWN && (
        <p class="quiet">{parts.length - SHOWN} more segments carry less each.</p>
      )}
    </section>
  );
}

function linkTo({ monitor, field, window }: Evaluation, segment: string): string {
  return formatRoute({ monitor, field, segment, window: window.start });
}
