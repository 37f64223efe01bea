import { type Oid, toAuditBranch } from '../../../reconciler/core/contracts/git.ts';
import type { Invariant, InvariantContext } from './invariant.ts';

export const ledgerOnlyGrows: Invariant = {
  id: 'I-27',
  says: 'the audit branch only moves forward, descends from every anchor, and is soon anchored',
  watch: (context) => ({
    onEvent: async (event) => {
      if (event.kind === 'appended' && event.before !== null) {
        await checkDescends(context, event.zone, event.before, event.after);
      }
      if (event.kind === 'anchored')
        await checkAnchor(context, event.zone, event.checkpoint.commit);
    },
    atEnd: async () => {
      for (const { name, tables } of context.world.zones) {
        const anchors = await context.world.anchor.list(name);
        for (const { commit } of anchors) await checkAnchor(context, name, commit);
        const anchored = anchors.at(-1)?.seq ?? 0;
        if (anchored === tables.outbox.length) continue;
        context.violate(`${name} is at rest, and no anchor covers the records since ${anchored}`);
      }
    },
  }),
};

async function checkAnchor(context: InvariantContext, zone: string, anchor: Oid): Promise<void> {
  const tip = await context.world.git.readRef(toAuditBranch(zone));
  if (tip === null) context.violate(`${zone} has an anchor and no ledger`);
  else await checkDescends(context, zone, anchor, tip);
}

async function checkDescends(
  { world, reached, violate }: InvariantContext,
  zone: string,
  ancestor: Oid,
  tip: Oid,
): Promise<void> {
  reached();
  if (await world.git.isAncestor(ancestor, tip)) return;
  violate(`the ledger of ${zone} at ${tip} does not descend from ${ancestor}`);
}
