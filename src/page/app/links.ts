import { useSyncExternalStore } from 'preact/compat'
import { hasErrand } from './identity'

/** What somebody comes with from elsewhere: from a letter, or from an identity provider. */
export type Link =
  | { kind: 'verify' | 'reset'; token: string }
  | { kind: 'code'; code: string }
  | { kind: 'error'; reason: string }

const PATTERN = /^#(verify|reset|code|error)=([^&]+)/

let link: Link | null = null
const listeners = new Set<() => void>()

/** Takes it out of the address at once, where the next one at this screen could read it, or a bookmark keep it. */
function take(): void {
  const [, kind, encoded] = PATTERN.exec(location.hash) ?? []
  if (!kind || !encoded) return
  history.replaceState(null, '', `${location.pathname}#/`)
  const value = decodeURIComponent(encoded)
  if (kind === 'code') link = { kind, code: value }
  else if (kind === 'error') link = { kind, reason: value }
  else link = { kind: kind as 'verify' | 'reset', token: value }
  tell()
}

/** An identity provider that is down leads nobody back: they come by the button of their browser. */
function takeFirst(): void {
  take()
  if (link || !hasErrand()) return
  link = { kind: 'error', reason: 'no_answer' }
  tell()
}

function tell(): void {
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

takeFirst()
addEventListener('hashchange', take)
addEventListener('pageshow', ({ persisted }) => persisted && takeFirst())

export function useLink(): Link | null {
  return useSyncExternalStore(subscribe, () => link)
}

/** What the link was for is done, or will not be. */
export function forgetLink(): void {
  link = null
  tell()
}
