import { audit } from './audit/audit.ts';
import type { Bench } from './bench.ts';
import { language } from './language/language.ts';

/** The names are fixed: figures are compared over years. */
export const BENCHES: readonly Bench[] = [audit, language];
