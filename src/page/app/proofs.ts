import { useSyncExternalStore } from 'preact/compat'
import { ProblemError } from '../../client/connection/problem-error'

/** The service wants to know who it is. Whoever shows that to the user answers it. */
interface ProofQuestion {
  proven: () => void
  cancel: () => void
}

let question: ProofQuestion | null = null
const listeners = new Set<() => void>()

/**
 * Does what may need a fresh proof of who the user is: asks for the proof where the service wants one, then does it again.
 * Throws an `AbortError` where the user closes the dialog.
 */
export async function proven<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (error) {
    if (!(error instanceof ProblemError) || error.code !== 'proof_required') throw error
    await ask()
    return act()
  }
}

export function useProofQuestion(): ProofQuestion | null {
  return useSyncExternalStore(subscribe, () => question)
}

function ask(): Promise<void> {
  question?.cancel()
  return new Promise((resolve, reject) => {
    set({
      proven: () => {
        set(null)
        resolve()
      },
      cancel: () => {
        set(null)
        reject(new DOMException('The dialog was closed.', 'AbortError'))
      },
    })
  })
}

function set(next: ProofQuestion | null): void {
  question = next
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
