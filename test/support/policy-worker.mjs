/*
 * The policy worker from its TypeScript source: on Node 20 a loader named on the command line does
 * not reach worker threads, so the worker's first line loads it.
 */
import { register } from 'tsx/esm/api';

register();
await import('../../reconciler/adapters/policy-evaluator/worker/worker-program.ts');
