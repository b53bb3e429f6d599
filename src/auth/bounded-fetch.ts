interface Bounds extends RequestInit {
  timeoutMs: number
  maxBytes: number
}

/**
 * Fetches from somebody else's server: follows no redirection, waits no longer and reads no more than the bounds say. The
 * body of the response is in memory. Throws when a bound is reached (`TimeoutError`, `RangeError`), or when there is no answer.
 */
export async function boundedFetch(
  address: string,
  { timeoutMs, maxBytes, ...init }: Bounds,
): Promise<Response> {
  const signal = AbortSignal.timeout(timeoutMs)
  const response = await fetch(address, { ...init, redirect: 'manual', signal })
  const { status, headers, body } = response
  if (!body) return new Response(null, { status, headers })
  return new Response(await readAll(body, { signal, maxBytes }), { status, headers })
}

async function readAll(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  { signal, maxBytes }: { signal: AbortSignal; maxBytes: number },
): Promise<Blob> {
  const reader = body.getReader()
  // Raced with each read, so that it ends one that waits for a byte which never comes.
  const late = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason))
  })
  late.catch(() => {})
  const chunks: Uint8Array<ArrayBuffer>[] = []
  let size = 0
  try {
    for (;;) {
      const { done, value } = await Promise.race([reader.read(), late])
      if (done) return new Blob(chunks)
      size += value.byteLength
      if (size > maxBytes) throw new RangeError(`is larger than ${maxBytes} bytes`)
      chunks.push(value)
    }
  } catch (error) {
    void reader.cancel(error).catch(() => {})
    throw error
  }
}
