import type { ComponentChildren } from 'preact';
import type { Evaluation } from '#libs/detectors/evaluation.ts';
import { formatCount, formatStatistic } from '#libs/detectors/format-figure.ts';
import { formatEvidence, formatRank } from '../format/evidence.ts';
import { formatFigure, formatP } from '../format/number.ts';
import { statisticLongName, statisticShortName } from '../format/statistic-name.ts';
import { leadingStatistic } from '../state/leading-statistic.ts';

/** Sizes, significance and sensitivity of the statistic that explains the verdict. */
export function KeyFigures(props: { readonly evaluation: Evaluation }) {
  const { evaluation } = props;
  const name = leadingStatistic(evaluation) ?? '';
  const figure = evaluation.statistics[name];
  return (
    <dl class="facts key-figures">
      {figure !== undefined && (
        <Fact term={statisticShortName(name)} title={statisticLongName(name)}>
          <b>{formatFigure(name, figure.statistic)}</b>
        </Fact>
      )}
      {figure?.threshold !== undefined && (
        <Fact term="Limits" title="from where on it is a warning, and critical">
          {[figure.threshold.warning, figure.threshold.critical]
            .flatMap((limit) => (limit === undefined ? [] : [formatFigure(name, limit)]))
            .join(' · ')}
        </Fact>
      )}
      <Fact term="Baseline n" title="usable values of the baseline">
        {formatCount(evaluation.n)}
      </Fact>
      <Fact term="Window m" title="usable values of the window">
        {formatCount(evaluation.m)}
      </Fact>
      {figure?.critical_value !== undefined && (
        <Fact term="Noise stays below" title="the smallest statistic that is more than noise">
          {formatFigure(name, figure.critical_value)}
        </Fact>
      )}
      {figure?.detectable !== undefined && (
        <Fact term="Detectable" title="the smallest change found with probability 0.8">
          {formatFigure(name, figure.detectable)}
        </Fact>
      )}
      {figure?.p_value !== undefined && (
        <Fact term="p raw" title="p-value of this statistic alone">
          {formatP(figure.p_value, figure.log10_p)}
        </Fact>
      )}
      {figure?.p_adjusted !== undefined && (
        <Fact term="p adjusted" title="Benjamini–Hochberg over all fields of this window">
          {formatP(figure.p_adjusted)}
        </Fact>
      )}
      {figure?.evidence !== undefined && (
        <Fact term="Evidence" title="how the p-values were made" wide>
          {formatEvidence(figure.evidence)}
          {figure.design_effect !== undefined && (
            <span class="quiet"> (design effect {formatStatistic(figure.design_effect)})</span>
          )}
        </Fact>
      )}
      {figure?.rank !== undefined && (
        <Fact term="Rank" title="place among the reference windows" wide>
          {formatRank(figure.rank)}
        </Fact>
      )}
    </dl>
  );
}

function Fact(props: {
  readonly term: string;
  readonly title: string;
  readonly wide?: boolean;
  readonly children: ComponentChildren;
}) {
  return (
    <div class={props.wide === true ? 'wide' : undefined} title={props.title}>
      <dt>{props.term}</dt>
      <dd>{props.children}</dd>
    </div>
  );
}
