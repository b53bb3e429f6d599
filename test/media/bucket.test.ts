import { expect, it } from 'vitest'
import { type Bucket, putObject } from '../../src/media/bucket'

/** A body that arrives in pieces and says who stopped it. */
function bodyOf(pieces: number) {
  const cancelled: unknown[] = []
  const rest = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      pieces -= 1
      if (pieces < 0) controller.close()
      else controller.enqueue(new Uint8Array(1000))
    },
    cancel: (reason) => {
      cancelled.push(reason)
    },
  })
  return { body: { head: new Uint8Array(10), rest }, cancelled }
}

it.each([0, 1, 3])('a refusal of R2 after %i reads ends the upload', async (reads) => {
  const down = new Error('R2 is down.')
  const put = async (_key: string, stream: ReadableStream) => {
    const reader = stream.getReader()
    for (let count = 0; count < reads; count += 1) await reader.read()
    reader.releaseLock()
    throw down
  }
  const { body, cancelled } = bodyOf(100)
  const bucket = { put, delete: async () => {} } as unknown as Bucket
  await expect(putObject(bucket, 'key', body, { size: 100_010 })).rejects.toBe(down)
  expect(cancelled).toHaveLength(1)
})
