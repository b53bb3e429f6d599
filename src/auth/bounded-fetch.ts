interface Bounds extends RequestInit {
  timeoutMs: number
  maxBytes: number
}

/**
 * Fetches from somebody else's server: follows no redirection, waits no longer and reads no more than the bounds say. The
 * body of the response is in memory. Throws when a bound is reached, or when there is no answer.
 */
export async function boundedFetch(
  address: string,
  { timeoutMs, maxBytes, ...init }: Bounds,
): Promise<Response> {
  const response = await fetch(address, {
    ...init,
    redirect: 'manual',
    signal: AbortSignal.timeout(timeoutMs),
  })
  const { status, headers, body } = response
  if (!body) return new Response(null, { status, headers })
  let size = 0
  const counted = body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        size += chunk.byteLength
        if (size > maxBytes) throw new Error(`is larger than ${maxBytes} bytes`)
        controller.enqueue(chunk)
      },
    }),
  )
  return new Response(await new Response(counted).arrayBuffer(), { status, headers })
}
