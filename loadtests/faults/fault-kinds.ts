import type { FaultPlant } from './plant.ts';

/** What a fault did, and how it is undone. */
export interface BegunFault {
  /** Whom it struck. */
  readonly target: string;
  /** After which time it is undone. */
  readonly holdMs: number;
  undo(): Promise<void>;
}

export interface FaultContext {
  readonly plant: FaultPlant;
  /** Uniform on [0, 1), from the run's seed. */
  readonly random: () => number;
  readonly sessionTimeoutMs: number;
}

/** One way in which things go wrong. Answers `null` where it cannot happen at the moment. */
export interface FaultKind {
  readonly name: string;
  /** What it strikes: but for workers, one fault at a time. */
  readonly strikes: 'worker' | 'broker' | 'network' | 'database';
  /** How often it is chosen, against the others. */
  readonly weight: number;
  begin(context: FaultContext): Promise<BegunFault | null>;
}

const nothing = async () => {};

export const FAULT_KINDS: readonly FaultKind[] = [
  {
    name: 'kill',
    strikes: 'worker',
    weight: 5,
    async begin({ plant, random }) {
      const worker = pick(plant.workers, random);
      if (worker === undefined) return null;
      await worker.kill();
      return {
        target: worker.name,
        holdMs: random() * 3000,
        async undo() {
          plant.add();
        },
      };
    },
  },
  {
    name: 'freeze',
    strikes: 'worker',
    weight: 4,
    async begin({ plant, random, sessionTimeoutMs }) {
      const running = plant.workers.filter((worker) => worker.running);
      const worker = pick(running, random);
      // Somebody has to take the partitions over: a lone worker would only find them again.
      if (worker === undefined || running.length < 2) return null;
      worker.freeze();
      return {
        target: worker.name,
        holdMs: sessionTimeoutMs * (1.2 + random() * 0.5),
        undo: async () => worker.wake(),
      };
    },
  },
  {
    name: 'join',
    strikes: 'worker',
    weight: 2,
    async begin({ plant }) {
      if (plant.workers.length >= 4) return null;
      return { target: plant.add().name, holdMs: 0, undo: nothing };
    },
  },
  {
    name: 'leave',
    strikes: 'worker',
    weight: 2,
    async begin({ plant, random }) {
      const running = plant.workers.filter((worker) => worker.running);
      const worker = pick(running, random);
      if (worker === undefined || running.length < 2) return null;
      await worker.leave();
      return { target: worker.name, holdMs: 0, undo: nothing };
    },
  },
  {
    name: 'broker restart',
    strikes: 'broker',
    weight: 2,
    async begin({ plant, random }) {
      if (plant.kafka.brokers.some(({ running }) => !running)) return null;
      const broker = pick(plant.kafka.brokers, random)!;
      await broker.stop();
      return {
        target: `broker ${broker.node}`,
        holdMs: 500 + random() * 2000,
        undo: () => broker.start(),
      };
    },
  },
  {
    name: 'broker kill',
    strikes: 'broker',
    weight: 2,
    async begin({ plant, random }) {
      if (plant.kafka.brokers.some(({ running }) => !running)) return null;
      const broker = pick(plant.kafka.brokers, random)!;
      await broker.kill();
      return {
        target: `broker ${broker.node}`,
        holdMs: 500 + random() * 2000,
        undo: () => broker.start(),
      };
    },
  },
  {
    name: 'connections cut',
    strikes: 'network',
    weight: 3,
    async begin({ plant, random }) {
      const proxy = pick(plant.proxies, random)!;
      proxy.cut();
      return { target: `proxy ${proxy.address.port}`, holdMs: 0, undo: nothing };
    },
  },
  {
    name: 'connections stalled',
    strikes: 'network',
    weight: 2,
    async begin({ plant, random }) {
      const proxy = pick(plant.proxies, random)!;
      proxy.set({ kind: 'stall' });
      return {
        target: `proxy ${proxy.address.port}`,
        holdMs: 1000 + random() * 7000,
        undo: async () => proxy.set({ kind: 'pass' }),
      };
    },
  },
  {
    name: 'connections slow',
    strikes: 'network',
    weight: 2,
    async begin({ plant, random }) {
      const proxy = pick(plant.proxies, random)!;
      const latencyMs = 50 + random() * 400;
      proxy.set({ kind: 'slow', latencyMs, bytesPerSecond: 200_000 });
      return {
        target: `proxy ${proxy.address.port}`,
        holdMs: 2000 + random() * 4000,
        undo: async () => proxy.set({ kind: 'pass' }),
      };
    },
  },
  {
    name: 'database restart',
    strikes: 'database',
    weight: 2,
    async begin({ plant, random }) {
      await plant.postgres.shutDown();
      return {
        target: 'PostgreSQL',
        holdMs: random() * 2000,
        undo: () => plant.postgres.start(),
      };
    },
  },
  {
    name: 'database kill',
    strikes: 'database',
    weight: 1,
    async begin({ plant, random }) {
      await plant.postgres.kill();
      return {
        target: 'PostgreSQL',
        holdMs: random() * 2000,
        undo: () => plant.postgres.start(),
      };
    },
  },
  {
    name: 'database full',
    strikes: 'database',
    weight: 2,
    async begin({ plant, random }) {
      if (plant.disk === null) return null;
      const makeRoom = plant.fillDisk();
      return {
        target: 'PostgreSQL',
        holdMs: 1000 + random() * 3000,
        async undo() {
          makeRoom();
          // Without room for its log it gives up, and comes back only when it is started.
          await plant.postgres.kill();
          await plant.postgres.start();
        },
      };
    },
  },
];

function pick<T>(from: readonly T[], random: () => number): T | undefined {
  return from[Math.floor(random() * from.length)];
}
