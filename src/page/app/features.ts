import { useSyncExternalStore } from 'preact/compat'
import { chat } from './chat'

/** What the operator has switched on. */
export interface Features {
  email: boolean
  guests: boolean
  /** Names of the identity providers at which one can log in on a page. */
  identityIssuers: readonly string[]
}

let features: Features | null = null
let isAsked = false
const listeners = new Set<() => void>()

/** null until it is known. */
export function useFeatures(): Features | null {
  return useSyncExternalStore(subscribe, () => features)
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  if (!isAsked) ask()
  return () => listeners.delete(listener)
}

async function ask(): Promise<void> {
  isAsked = true
  try {
    const known = await chat.session.send<{ features: Features }>('GET', '/v1/capabilities')
    features = known.features
    for (const listener of listeners) listener()
  } catch {
    // Whoever looks next asks again.
    isAsked = false
  }
}
