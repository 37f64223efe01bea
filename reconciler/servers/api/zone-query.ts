import { z } from 'zod';

export const ZONE_QUERY = z.strictObject({
  /** The names that a Zone may have. */
  zone: z.stringFormat('zone name', /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/).optional(),
});
