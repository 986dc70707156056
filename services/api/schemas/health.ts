import { Type } from 'typebox';
import { CheckResult } from './problem.ts';
import { Closed, List, ref } from './shared.ts';

export const Alive = Closed(
  { status: Type.Literal('alive'), version: Type.String(), uptime_seconds: Type.Number() },
  { $id: 'Alive' },
);

export const Ready = Closed(
  { status: Type.Literal('ready'), checks: List(ref(CheckResult)) },
  { $id: 'Ready' },
);
