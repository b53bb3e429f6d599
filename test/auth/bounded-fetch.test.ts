import { afterEach, expect, it, vi } from 'vitest'
import { boundedFetch } from '../../src/auth/bounded-fetch'

afterEach(() => void vi.restoreAllMocks())

const bounds = { timeoutMs: 50, maxBytes: 10 }
const serve = (body: BodyInit | null) =>
  vi.spyOn(globalThis, 'fetch').mockImplementation(async () => new Response(body))

it('reads what is as large as it may be', async () => {
  serve('0123456789')
  const response = await boundedFetch('https://id.example.com/jwks', bounds)
  expect(await response.text()).toBe('0123456789')
})

it('reads no byte more, and tells the other end to stop', async () => {
  const cancel = vi.fn()
  serve(new ReadableStream({ pull: (to) => to.enqueue(new Uint8Array(4)), cancel }))
  await expect(boundedFetch('https://id.example.com/jwks', bounds)).rejects.toThrow(RangeError)
  expect(cancel).toHaveBeenCalled()
})

it('waits no longer for a body that stops in the middle', async () => {
  const cancel = vi.fn()
  serve(new ReadableStream({ start: (to) => to.enqueue(new Uint8Array(4)), cancel }))
  const fetching = boundedFetch('https://id.example.com/jwks', bounds)
  await expect(fetching).rejects.toMatchObject({ name: 'TimeoutError' })
  expect(cancel).toHaveBeenCalled()
})
