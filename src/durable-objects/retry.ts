interface RuntimeError {
  retryable?: boolean
  overloaded?: boolean
}

const ATTEMPTS = 3
const BACK_OFF_MS = 100

/**
 * Calls a Durable Object, and repeats what the runtime calls `retryable`; an overloaded object must not be called
 * again. `call` must use a new stub each time. Throws what the last attempt threw.
 */
export async function withRetries<T>(call: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call()
    } catch (error) {
      if (!isRetryable(error) || attempt === ATTEMPTS) throw error
      await scheduler.wait(BACK_OFF_MS * 2 ** attempt * Math.random())
    }
  }
}

function isRetryable(error: unknown): boolean {
  const { retryable, overloaded } = error as RuntimeError
  return retryable === true && overloaded !== true
}

/** Whether the runtime, not the object's code, failed the call. */
export function isRuntimeFailure(error: unknown): boolean {
  const { retryable, overloaded } = error as RuntimeError
  return Boolean(retryable || overloaded)
}
