/** What a handler returns. It knows nothing of sockets; `to-response.ts` writes it out. */
export type Answer =
  | { readonly kind: 'json'; readonly status: 200 | 503; readonly body: object }
  | { readonly kind: 'page'; readonly html: string; readonly styleDigest: string };
