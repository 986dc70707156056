import { useMemo, useRef, useState } from 'preact/hooks';
import type uPlot from 'uplot';
import type { Evaluation } from '#libs/detectors/evaluation.ts';
import { formatFigure } from '../format/number.ts';
import { statisticLongName, statisticShortName } from '../format/statistic-name.ts';
import { formatWindow } from '../format/time.ts';
import { verdictLook } from '../format/verdict.ts';
import { useColours } from '../plots/colours.ts';
import { historyData } from '../plots/history-data.ts';
import { historyOptions } from '../plots/history-options.ts';
import { stepIndex } from '../plots/step-index.ts';
import type { FieldHistory } from '../state/history.ts';
import { leadingStatistic } from '../state/leading-statistic.ts';
import { splitStatistics } from '../state/prominent-statistics.ts';
import { PlotFrame } from './plot-frame.tsx';

const HEIGHT = 240;

/** One statistic over the windows with its limits; a click or the arrow keys choose a window. */
export function HistoryPanel(props: {
  readonly history: FieldHistory;
  readonly index: number;
  readonly evaluation: Evaluation;
  readonly onSelect: (index: number) => void;
}) {
  const { history, index, evaluation, onSelect } = props;
  const [chosen, setChosen] = useState<string | null>(null);
  const [hovered, setHovered] = useState<number | null>(null);
  const colours = useColours();
  const { prominent, further } = splitStatistics(evaluation);
  const names = [...prominent, ...further];
  const statistic =
    chosen !== null && names.includes(chosen) ? chosen : (leadingStatistic(evaluation) ?? '');

  const plotted = useMemo(() => historyData(history, statistic), [history, statistic]);
  const view = useRef({ states: plotted.states, selected: index });
  view.current = { states: plotted.states, selected: index };
  const options = useMemo(
    () => historyOptions({ colours, statistic, view: () => view.current, onHover: setHovered }),
    [colours, statistic],
  );
  // A new array on each selection makes the plot draw again with the selected window marked.
  const data = useMemo(
    () => [...plotted.columns] as unknown as uPlot.AlignedData,
    [plotted, index],
  );
  if (statistic === '') return null;

  const spoken = history[index];
  const read = history[hovered ?? index];
  const onKey = (event: KeyboardEvent): void => {
    const next = stepIndex(event.key, { index, count: history.length });
    if (next === undefined) return;
    event.preventDefault();
    onSelect(next);
  };
  return (
    <section class="block" aria-labelledby="history-heading">
      <header class="block-header">
        <h3 id="history-heading">Over the windows</h3>
        <label>
          Statistic{' '}
          <select value={statistic} onChange={(event) => setChosen(event.currentTarget.value)}>
            {prominent.map((name) => (
              <option key={name} value={name}>
                {statisticShortName(name)}
              </option>
            ))}
            {further.length > 0 && (
              <optgroup label="More">
                {further.map((name) => (
                  <option key={name} value={name}>
                    {statisticShortName(name)}
                  </option>
                ))}
              </optgroup>
            )}
          </select>
        </label>
      </header>
      <div
        class="plot-focus"
        role="slider"
        tabIndex={0}
        aria-label={`Window of ${statisticLongName(statistic)}`}
        aria-valuemin={0}
        aria-valuemax={Math.max(0, history.length - 1)}
        aria-valuenow={Math.max(0, index)}
        aria-valuetext={spoken === undefined ? 'not loaded' : speak(spoken, statistic)}
        onKeyDown={onKey}
      >
        <PlotFrame options={options} data={data} height={HEIGHT} onPick={onSelect} />
      </div>
      <p class="readout" aria-hidden="true">
        {read === undefined ? ' ' : speak(read, statistic)}
      </p>
      <Legend evaluation={evaluation} statistic={statistic} />
    </section>
  );
}

function speak(evaluation: Evaluation, statistic: string): string {
  const figure = evaluation.statistics[statistic];
  const value = figure === undefined ? 'none' : formatFigure(statistic, figure.statistic);
  const word = verdictLook(evaluation.verdict).word;
  return `${formatWindow(evaluation.window)}: ${statisticShortName(statistic)} ${value}, field ${word}`;
}

function Legend(props: { readonly evaluation: Evaluation; readonly statistic: string }) {
  const figure = props.evaluation.statistics[props.statistic];
  const lines: readonly (readonly [line: string, label: string, value: number | undefined])[] = [
    ['warning', 'Warning limit', figure?.threshold?.warning],
    ['critical', 'Critical limit', figure?.threshold?.critical],
    ['noise', 'Noise stays below', figure?.critical_value],
    ['detectable', 'Detectable', figure?.detectable],
  ];
  return (
    <ul class="legend">
      {lines.map(([line, label, value]) =>
        value === undefined ? null : (
          <li key={line}>
            <svg class={`swatch line-${line}`} viewBox="0 0 28 8" aria-hidden="true">
              <path d="M0 4H28" />
            </svg>
            {label} {formatFigure(props.statistic, value)}
          </li>
        ),
      )}
    </ul>
  );
}
