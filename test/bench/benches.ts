import { audit } from './audit/audit.ts';
import type { Bench } from './bench.ts';
import { drift } from './drift/drift.ts';
import { engine } from './engine/engine.ts';
import { features } from './features/features.ts';
import { language } from './language/language.ts';
import { serving } from './serving/serving.ts';
import { start } from './start/start.ts';
import { training } from './training/training.ts';

/** The names are fixed: figures are compared over years. */
export const BENCHES: readonly Bench[] = [
  audit,
  drift,
  engine,
  features,
  language,
  serving,
  start,
  training,
];
