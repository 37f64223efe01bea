import { createMemorySignatureVerifier } from '../../../reconciler/adapters/ledger-signer/memory/signature-verifier.ts';
import { type LedgerCommit, verifyLedger } from '../../../reconciler/core/audit/verify-ledger.ts';
import { toAuditBranch } from '../../../reconciler/core/contracts/git.ts';
import type { SimulatedWorld } from '../simulated-world.ts';
import type { Invariant } from './invariant.ts';

const MAX_RECORDS = 10_000;
const MAX_RECORD_BYTES = 64 * 1024;

export const ledgerVerifies: Invariant = {
  id: 'I-27/verify',
  says: 'whoever reads the ledger with the anchors and the allowed signer alone finds no fault',
  watch: ({ world, reached, violate }) => ({
    atEnd: async () => {
      for (const { name: zone } of world.zones) {
        const checkpoints = await world.anchor.list(zone);
        const commits = await readLedger(world, zone);
        const verdict = verifyLedger(commits, { zone, checkpoints, strict: false });
        reached();
        for (const { code, message } of verdict.findings) violate(`${code} ${message}`);
        if (verdict.records !== commits.length) violate(`${verdict.records} records were verified`);
      }
    },
  }),
};

async function readLedger(world: SimulatedWorld, zone: string): Promise<readonly LedgerCommit[]> {
  const { git, signer } = world;
  const tip = await git.readRef(toAuditBranch(zone));
  if (tip === null) return [];
  const verifier = createMemorySignatureVerifier({
    allowedSigners: `plumbline@localhost ${signer.publicKey}\n`,
  });
  const commits = [...(await git.listFirstParents(tip, MAX_RECORDS))].reverse();
  const files = commits.map(({ oid }) => ({ commit: oid, path: 'record.json' }));
  const records = await git.readFiles(files, MAX_RECORD_BYTES);
  return commits.map(({ oid, parents, message, signedPayload, signature }, index) => {
    const bytes = records[index] ?? null;
    return {
      oid,
      parents,
      message,
      recordText: bytes === null ? null : new TextDecoder().decode(bytes),
      signature: verifier.verify(signedPayload, signature ?? ''),
    };
  });
}
