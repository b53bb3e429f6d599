/** Stands in for `cloudflare:workers` where tests run on node, which call nothing of it. */
export function waitUntil(): never {
  throw new Error('There is no runtime here.')
}
