import { parseTrailers } from '../../../reconciler/core/audit/parse-trailers.ts';
import { toAuditBranch } from '../../../reconciler/core/contracts/git.ts';
import { toRefKey } from '../../../reconciler/core/contracts/ref.ts';
import { findZone, type SimulatedWorld, type ZoneWorld } from '../simulated-world.ts';
import { isExecution, type WorldEvent } from '../world-events.ts';
import type { Invariant, InvariantContext } from './invariant.ts';

/** Far more records than a small world makes. */
const MAX_RECORDS = 10_000;

export const ledgerIsComplete: Invariant = {
  id: 'I-26',
  says: 'terminal effects, ledger commits and what really happened correspond one to one',
  watch: (context) => {
    const executed = new Set<string>();
    return {
      onEvent: (event) => {
        if (event.kind === 'applied' && isExecution(event)) {
          executed.add(`${event.zone} ${event.effect.id}`);
        }
        if (event.kind === 'outcome-recorded' && event.isNew)
          checkOutcome(context, event, executed);
      },
      atEnd: async () => {
        for (const zone of context.world.zones) await checkLedger(context, zone, executed);
      },
    };
  },
};

function checkOutcome(
  { world, reached, violate }: InvariantContext,
  { zone, outcome, sealed }: Extract<WorldEvent, { kind: 'outcome-recorded' }>,
  executed: ReadonlySet<string>,
): void {
  reached();
  const { draft } = outcome;
  const what = `${draft.action} ${toRefKey(draft.ref)}`;
  const hasHappened = executed.has(`${zone} ${draft.effectId}`);
  if ((draft.outcome === 'succeeded') !== hasHappened) {
    const fact = hasHappened ? 'happened' : 'did not happen';
    violate(`${what} is recorded as ${draft.outcome}, but it ${fact}`);
  }
  const { outbox } = findZone(world, zone).tables;
  if (outbox[sealed.record.seq - 1]?.sealed.digest !== sealed.digest) {
    violate(`the outcome of ${what} is durable and its ledger row is not`);
  }
}

async function checkLedger(
  { world, reached, violate }: InvariantContext,
  zone: ZoneWorld,
  executed: ReadonlySet<string>,
): Promise<void> {
  reached();
  const { tables } = zone;
  const records = [...tables.outcomes.values()];
  const open = [...tables.intents.keys()].filter((id) => !tables.outcomes.has(id));
  if (open.length > 0) violate(`${open.length} effects of ${zone.name} have no outcome`);
  const succeeded = records.filter(({ record }) => record.outcome === 'succeeded');
  const happened = [...executed].filter((id) => id.startsWith(`${zone.name} `));
  if (succeeded.length !== happened.length) {
    violate(`${happened.length} effects happened, ${succeeded.length} are recorded as such`);
  }
  const commits = await listLedger(world, zone.name);
  if (commits.length !== records.length) {
    violate(`${records.length} effects are terminal, ${commits.length} are in the ledger`);
  }
  for (const [index, trailers] of commits.entries()) {
    const known = tables.outcomes.get(trailers?.effect as never);
    if (trailers?.seq !== index + 1) violate(`ledger commit ${index + 1} has seq ${trailers?.seq}`);
    if (known?.digest !== trailers?.record) violate(`ledger commit ${index + 1} is of no effect`);
  }
}

/** The trailers of the audit branch, oldest first. */
async function listLedger({ git }: SimulatedWorld, zone: string) {
  const tip = await git.readRef(toAuditBranch(zone));
  if (tip === null) return [];
  const commits = await git.listFirstParents(tip, MAX_RECORDS);
  return commits.map(({ message }) => parseTrailers(message)).reverse();
}
