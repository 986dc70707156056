/**
 * What an error of the group's coordinator asks for:
 * - `rebalance`: join again, as the same member;
 * - `lost`: the group has gone on without this member, what it held is not its own any more;
 * - `again`: the coordinator cannot answer now, or is another broker;
 * - `refused`: the same request would be refused again.
 */
export type GroupErrorKind = 'rebalance' | 'lost' | 'again' | 'refused';

const KINDS: Readonly<Record<string, GroupErrorKind>> = {
  REBALANCE_IN_PROGRESS: 'rebalance',
  UNKNOWN_MEMBER_ID: 'lost',
  ILLEGAL_GENERATION: 'lost',
  FENCED_INSTANCE_ID: 'lost',
  OFFSET_METADATA_TOO_LARGE: 'refused',
  INVALID_COMMIT_OFFSET_SIZE: 'refused',
  INVALID_GROUP_ID: 'refused',
};

export function groupErrorKind(error: unknown): GroupErrorKind {
  return KINDS[errorType(error)] ?? 'again';
}

/** Kafka's name of an error; empty where it has none, as for a lost connection. */
export function errorType(error: unknown): string {
  return error instanceof Error && 'type' in error && typeof error.type === 'string'
    ? error.type
    : '';
}
