/** What a node sends at once: counts of 1024 entries, or else it sends them in parts. */
export const MAX_CONTROL_MESSAGE_BYTES = 4 * 1024 * 1024;

/** As many as the schema of a delta allows. */
export const MAX_DELTA_ENTRIES = 1024;
