import { expect, test } from 'vitest';
import type { FaultKind } from './fault-kinds.ts';
import type { FaultPlant } from './plant.ts';
import { runFaults } from './run-faults.ts';

test('a fault that cannot be undone ends the run, once the others are undone', async () => {
  const undone: string[] = [];
  let begun = 0;
  const kind: FaultKind = {
    ...{ name: 'stop', strikes: 'worker', weight: 1 },
    begin: async () => {
      const isFirst = begun++ === 0;
      return {
        ...{ target: 'worker', holdMs: isFirst ? 600 : 900 },
        undo: async () => {
          if (isFirst) throw new Error('it does not come back');
          undone.push('second');
        },
      };
    },
  };
  // No fault of this test touches the installation; it only must not want for workers.
  const plant = { workers: [{}, {}] } as unknown as FaultPlant;
  const context = { plant, random: () => 0, sessionTimeoutMs: 1, onFault: () => undefined };
  await expect(runFaults(50, { ...context, kinds: [kind] })).rejects.toThrow('does not come back');
  expect(undone).toEqual(['second']);
  expect(begun).toBe(2);
});
