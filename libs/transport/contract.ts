import { describe } from 'vitest';
import { ContractFixture, type OpenedTransport } from './contract-fixture.ts';
import { groupsContract } from './contract-groups.ts';
import { recordsContract } from './contract-records.ts';

/** The tests that every adapter of the transport port passes. `open` is called before each. */
export function transportContract(name: string, open: () => Promise<OpenedTransport>): void {
  describe(name, () => {
    const fixture = new ContractFixture(open);
    recordsContract(fixture);
    groupsContract(fixture);
  });
}
