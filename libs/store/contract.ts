import { describe } from 'vitest';
import type { Store } from './port.ts';
import { baselineContract } from './testing/baseline-contract.ts';
import { evaluationContract } from './testing/evaluation-contract.ts';
import { leaseContract } from './testing/lease-contract.ts';
import { lifecycleContract } from './testing/lifecycle-contract.ts';
import { profileContract } from './testing/profile-contract.ts';
import { resourceContract } from './testing/resource-contract.ts';
import { workContract } from './testing/work-contract.ts';

/**
 * What every store must do, whatever it is made of. Tests keep to namespaces and profile ids of
 * their own, so the store may hold other data; only file-managed resources belong to all of it.
 *
 * @param open answers a store that this suite closes
 */
export function storeContract(name: string, open: () => Promise<Store>): void {
  describe(`store contract: ${name}`, () => {
    resourceContract(open);
    baselineContract(open);
    profileContract(open);
    evaluationContract(open);
    leaseContract(open);
    workContract(open);
    lifecycleContract(open);
  });
}
