import type { BenchConfig } from './bench-config.ts';
import type { ConsumeInput } from './consume-with-adapter.ts';
import type { CostsInput } from './costs.ts';
import type { FillTopicInput } from './fill-topic.ts';
import type { MonitorInput } from './run-monitor.ts';
import type { WatchInput } from './watch-windows.ts';

/** What runs in a process of its own, which loads nothing but what it needs. */
const TASKS = {
  prepareStore: async (input: BenchConfig) =>
    (await import('./open-monitor.ts')).prepareStore(input),
  fillTopic: async (input: FillTopicInput) => (await import('./fill-topic.ts')).fillTopic(input),
  consumeWithAdapter: async (input: ConsumeInput) =>
    (await import('./consume-with-adapter.ts')).consumeWithAdapter(input),
  consumeWithKafkajs: async (input: ConsumeInput) =>
    (await import('./consume-with-kafkajs.ts')).consumeWithKafkajs(input),
  runMonitor: async (input: MonitorInput) => (await import('./run-monitor.ts')).runMonitor(input),
  watchWindows: async (input: WatchInput) =>
    (await import('./watch-windows.ts')).watchWindows(input),
  measureCosts: async (input: CostsInput) => (await import('./costs.ts')).measureCosts(input),
};

export type TaskName = keyof typeof TASKS;
export type TaskInput<N extends TaskName> = Parameters<(typeof TASKS)[N]>[0];
export type TaskResult<N extends TaskName> = Awaited<ReturnType<(typeof TASKS)[N]>>;

/** Does a task in this process and tells the parent what came out. */
export async function doTask(name: string, input: string): Promise<void> {
  const task = new Map<string, (given: never) => Promise<unknown>>(Object.entries(TASKS)).get(name);
  if (task === undefined) throw new Error(`Cannot run ${name}: there is no such task`);
  // Who asked has gone.
  process.once('disconnect', () => process.exit());
  const value = await task(JSON.parse(input) as never);
  process.send?.({ value }, () => process.disconnect?.());
}
