import { CodedError } from '../../../core/contracts/coded-error.ts';
import type { AdmissionStore } from '../../../ports/store.ts';
import { assertLeader, type MemoryDeps } from './fencing.ts';

export function createAdmissionStore(deps: MemoryDeps): AdmissionStore {
  const { tables } = deps;
  return {
    async readLatest() {
      return tables.admission;
    },

    async readApproval(sequence) {
      const header = tables.admissionHeaders.find((one) => one.sequence === sequence);
      return header?.approval ?? null;
    },

    async admit(fence, admission) {
      assertLeader(deps, fence);
      const latest = tables.admission?.sequence ?? 0;
      if (admission.sequence !== latest + 1) {
        throw new CodedError('P405', `admission ${admission.sequence} does not follow ${latest}`, {
          details: { sequence: admission.sequence, latest },
        });
      }
      const { desired: _desired, ...header } = admission;
      tables.admission = admission;
      tables.admissionHeaders.push(header);
    },
  };
}
