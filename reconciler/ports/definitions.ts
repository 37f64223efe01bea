import type { Receiver } from './receiver.ts';

/**
 * The rules in force in a zone: its platform, zone, environment and namespace definitions.
 * Admission reads them from here, so that a change of rules is an effect like any other.
 */
export interface Definitions extends Receiver {}
