import { BaselineItem, BaselineList } from './baseline.ts';
import { Detail, EvaluationItem, EvaluationList, Statistic } from './evaluation.ts';
import { Alive, Ready } from './health.ts';
import { FieldState, MonitorDefinition, MonitorItem, MonitorList } from './monitor.ts';
import { CheckResult, Problem } from './problem.ts';
import { StreamItem, StreamList, StreamStatusView } from './stream.ts';

/** Every schema with a name of its own in the OpenAPI document. */
export const ALL_SCHEMAS = [
  Alive,
  BaselineItem,
  BaselineList,
  CheckResult,
  Detail,
  EvaluationItem,
  EvaluationList,
  FieldState,
  MonitorDefinition,
  MonitorItem,
  MonitorList,
  Problem,
  Ready,
  Statistic,
  StreamItem,
  StreamList,
  StreamStatusView,
];
