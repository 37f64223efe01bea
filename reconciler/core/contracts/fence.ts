/**
 * Who acts, and in which term of leadership. A lease alone does not stop a writer that slept
 * through its end, so every receiver keeps the highest epoch it has seen and refuses lower ones.
 */
export type Fence = { readonly holder: string; readonly epoch: number };
