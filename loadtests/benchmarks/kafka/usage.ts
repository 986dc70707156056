import { PerformanceObserver } from 'node:perf_hooks';

/** What a piece of work took of this process, in microseconds. */
export interface Usage {
  readonly wallUs: number;
  /** Of all threads: event loop, garbage collector, compiler, the store's thread. */
  readonly cpuUs: number;
  /** Of the thread that runs the event loop. */
  readonly mainThreadCpuUs: number;
  /** Pauses for the garbage collector. */
  readonly gcUs: number;
  /** From the middle of the work on, when nearly all code is compiled. */
  readonly secondHalf: { readonly wallUs: number; readonly cpuUs: number };
  /** The most memory that was ever resident. */
  readonly maxRssBytes: number;
}

export interface UsageMeter {
  /** To be called in the middle of the work. */
  half(): void;
  end(): Usage;
}

/** Begins to measure. */
export function measureUsage(): UsageMeter {
  let gcMs = 0;
  const pauses = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) gcMs += duration;
  });
  pauses.observe({ entryTypes: ['gc'] });
  const thread = process.threadCpuUsage();
  const begun = readClocks();
  let middle = begun;
  return {
    half() {
      middle = readClocks();
    },
    end() {
      const over = readClocks();
      const main = process.threadCpuUsage(thread);
      for (const { duration } of pauses.takeRecords()) gcMs += duration;
      pauses.disconnect();
      return {
        wallUs: over.wallUs - begun.wallUs,
        cpuUs: over.cpuUs - begun.cpuUs,
        mainThreadCpuUs: main.user + main.system,
        gcUs: 1000 * gcMs,
        secondHalf: { wallUs: over.wallUs - middle.wallUs, cpuUs: over.cpuUs - middle.cpuUs },
        maxRssBytes: 1024 * process.resourceUsage().maxRSS,
      };
    },
  };
}

function readClocks() {
  const { user, system } = process.cpuUsage();
  return { wallUs: 1000 * performance.now(), cpuUs: user + system };
}
