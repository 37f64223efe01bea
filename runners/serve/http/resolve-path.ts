/** What a path asks for. */
export type Target =
  | { readonly kind: 'server-metadata' }
  | { readonly kind: 'live' }
  | { readonly kind: 'ready' }
  | ({ readonly kind: 'model-metadata' } & ModelTarget)
  | ({ readonly kind: 'model-ready' } & ModelTarget)
  | ({ readonly kind: 'infer' } & ModelTarget)
  | { readonly kind: 'predict'; readonly model: string }
  | { readonly kind: 'repository-index' }
  | { readonly kind: 'repository-load'; readonly model: string }
  | { readonly kind: 'repository-unload'; readonly model: string };

export type ModelTarget = {
  readonly model: string;
  /** Null when the endpoint chooses. */
  readonly version: string | null;
};

const MAX_PATH_LENGTH = 2048;

const FIXED: ReadonlyMap<string, Target> = new Map([
  ['/v2', { kind: 'server-metadata' }],
  ['/v2/', { kind: 'server-metadata' }],
  ['/v2/health/live', { kind: 'live' }],
  ['/v2/health/ready', { kind: 'ready' }],
  ['/v2/repository/index', { kind: 'repository-index' }],
]);

const MODEL_KINDS: ReadonlyMap<string, 'model-metadata' | 'model-ready' | 'infer'> = new Map([
  ['', 'model-metadata'],
  ['ready', 'model-ready'],
  ['infer', 'infer'],
]);

/** Null for a path that leads nowhere. Query parameters are ignored, as the protocol's clients expect. */
export function resolvePath(url: string): Target | null {
  const path = url.split('?', 1)[0] ?? '';
  const fixed = FIXED.get(path);
  if (fixed !== undefined || path.length > MAX_PATH_LENGTH) return fixed ?? null;
  const parts = path.split('/').slice(1).map(decode);
  if (parts.includes(null)) return null;
  const [first, second, ...rest] = parts as readonly string[];
  if (first === 'v2' && second === 'models') return resolveModel(rest);
  if (first === 'v2' && second === 'repository') return resolveRepository(rest);
  if (first === 'v1' && second === 'endpoints') return resolveEndpoint(rest);
  return null;
}

function resolveModel([model = '', ...rest]: readonly string[]): Target | null {
  const isVersioned = rest[0] === 'versions' && rest.length >= 2;
  const [action = '', ...beyond] = isVersioned ? rest.slice(2) : rest;
  const kind = MODEL_KINDS.get(action);
  if (model === '' || kind === undefined || beyond.length > 0) return null;
  return { kind, model, version: isVersioned ? (rest[1] ?? '') : null };
}

function resolveRepository(parts: readonly string[]): Target | null {
  const [collection, model = '', action, ...beyond] = parts;
  if (collection !== 'models' || model === '' || beyond.length > 0) return null;
  if (action === 'load') return { kind: 'repository-load', model };
  return action === 'unload' ? { kind: 'repository-unload', model } : null;
}

function resolveEndpoint(parts: readonly string[]): Target | null {
  const [namespace = '', name = '', action, ...beyond] = parts;
  if (namespace === '' || name === '' || action !== 'predict' || beyond.length > 0) return null;
  return { kind: 'predict', model: `${namespace}.${name}` };
}

function decode(part: string): string | null {
  if (!part.includes('%')) return part;
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}
