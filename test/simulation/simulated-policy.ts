import { digestText } from '../../reconciler/core/contracts/digest.ts';
import type { PolicyGate } from '../../reconciler/engine/policy-gate.ts';

export function createSimulatedPolicy(): PolicyGate {
  return {
    judge: async () => ({ policyDigest: digestText('none'), denied: new Map(), warnings: [] }),
  };
}
