const POLL_MS = 5;

export interface UntilOptions {
  /** What is waited for, for the message. */
  readonly what: string;
  readonly deadlineMs?: number;
  /** Pause between two looks. */
  readonly pollMs?: number;
}

/** For tests: waits until a condition holds. @throws Error naming `what` when it takes too long */
export async function until(
  condition: () => boolean | Promise<boolean>,
  { what, deadlineMs = 20_000, pollMs = POLL_MS }: UntilOptions,
): Promise<void> {
  const end = performance.now() + deadlineMs;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`not within ${deadlineMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}
