/** What a shell reports for a program that Ctrl+C has ended. */
const INTERRUPTED = 130;
/** A gentle end that takes longer is cut off: what is stored is complete at any instant. */
const GRACE_MS = 10_000;

/** What SIGINT and SIGTERM do to this process. */
export interface Interruption {
  /**
   * From now on a first signal only aborts the one answered here, and the caller has 10 s to end
   * well; a second signal, or the end of that time, ends the process. Until this is called a signal
   * ends the process at once: whatever is being built then has not been stored.
   */
  gently(): AbortSignal;
  /**
   * For a process that another one ends: only the first signal counts, since a terminal or a
   * service manager may signal both, and the parent then signals again.
   */
  ignoreRepeats(): void;
}

/** Takes the signals over. */
export function createInterruption(): Interruption {
  const controller = new AbortController();
  let gentle = false;
  let once = false;
  const interrupt = () => {
    if (once && controller.signal.aborted) return;
    if (!gentle || controller.signal.aborted) process.exit(INTERRUPTED);
    controller.abort();
    setTimeout(() => {
      process.stderr.write('stopped before all work was stored; the next start does the rest\n');
      process.exit(INTERRUPTED);
    }, GRACE_MS).unref();
  };
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, interrupt);
  return {
    gently() {
      gentle = true;
      return controller.signal;
    },
    ignoreRepeats() {
      once = true;
    },
  };
}
