import type { Evaluation } from '#libs/detectors/evaluation.ts';
import type { Trouble } from '../api/client.ts';
import type { Connection } from '../api/events.ts';
import type { MonitorItem } from '../api/types.ts';
import { announcement } from './announcement.ts';
import { type Histories, mergeHistories } from './history.ts';

/** Windows kept per field; older ones leave the page, not the store. */
const HISTORY_LIMIT = 2_000;

export interface PageState {
  readonly connection: Connection;
  /** `loading` until the first answer, `failed` while the last attempt failed. */
  readonly phase: 'loading' | 'ready' | 'failed';
  readonly problem: string;
  /** What keeps the service from its work, though it answers. */
  readonly troubles: readonly Trouble[];
  readonly monitors: readonly MonitorItem[];
  readonly histories: Histories;
  /** Windows that drifted, newest first, over all monitors. */
  readonly drift: readonly Evaluation[];
  /** What changed last, in words. */
  readonly announcement: string;
}

export type PageAction =
  | { readonly kind: 'connection'; readonly connection: Connection }
  | { readonly kind: 'monitors'; readonly monitors: readonly MonitorItem[] }
  | { readonly kind: 'troubles'; readonly troubles: readonly Trouble[] }
  | { readonly kind: 'evaluations'; readonly evaluations: readonly Evaluation[] }
  | { readonly kind: 'drift'; readonly evaluations: readonly Evaluation[] }
  | { readonly kind: 'failed'; readonly problem: string };

export const INITIAL_STATE: PageState = {
  connection: 'connecting',
  phase: 'loading',
  problem: '',
  troubles: [],
  monitors: [],
  histories: new Map(),
  drift: [],
  announcement: '',
};

/** The page's next state; what was read before stays in sight when a later read fails. */
export function reducePage(state: PageState, action: PageAction): PageState {
  switch (action.kind) {
    case 'connection':
      return state.connection === action.connection
        ? state
        : { ...state, connection: action.connection };
    case 'monitors': {
      const news = announcement(state.monitors, action.monitors);
      return {
        ...state,
        phase: 'ready',
        problem: '',
        monitors: action.monitors,
        announcement: news === '' ? state.announcement : news,
      };
    }
    case 'troubles':
      return { ...state, troubles: action.troubles };
    case 'evaluations':
      return {
        ...state,
        histories: mergeHistories(state.histories, action.evaluations, { limit: HISTORY_LIMIT }),
      };
    case 'drift':
      return { ...state, drift: [...action.evaluations].sort(newestFirst) };
    case 'failed':
      // What was wrong behind a server that no longer answers is not known.
      return { ...state, phase: 'failed', problem: action.problem, troubles: [] };
  }
}

function newestFirst(a: Evaluation, b: Evaluation): number {
  return b.window.start - a.window.start || b.published_at - a.published_at;
}
