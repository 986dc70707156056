/** What a reader is told of a failed request; browsers say only "Failed to fetch" of a dead line. */
export function describeError(error: unknown): string {
  if (error instanceof TypeError) return 'The server does not answer.';
  return error instanceof Error ? error.message : String(error);
}
