/** 40 lower-case hexadecimal digits: the SHA-1 name of a Git object. */
export type Oid = string;

export function isOid(text: string): text is Oid {
  return /^[0-9a-f]{40}$/.test(text);
}

/** A full reference name in the only alphabet that we ever pass to Git. */
export type RefName = `refs/${string}`;

export function isRefName(text: string): text is RefName {
  return /^refs(\/[a-z0-9][a-z0-9._-]*)+$/.test(text) && !/\.\.|\.lock(\/|$)|\.(\/|$)/.test(text);
}

export const MAIN_BRANCH: RefName = 'refs/heads/main';

export function toAuditBranch(zone: string): RefName {
  return `refs/heads/plumbline/audit/${zone}`;
}
