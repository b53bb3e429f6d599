import { env } from 'cloudflare:workers'
import { afterAll, expect, it } from 'vitest'
import { ApiError } from '../../src/errors'
import type { MediaMetadata } from '../../src/media/inspect'
import { type MultipartState, type MultipartUpload, PART_BYTES } from '../../src/media/multipart'
import { mediaKey, newMediaId } from '../../src/media/object-keys'
import { receiveTusBody } from '../../src/media/tus-body'
import { chunkKey, keptChunks, lengthOf, MAX_CHUNKS } from '../../src/media/upload-chunks'
import { spyOnR2 } from '../fixtures/r2-spy'

const r2 = spyOnR2()
afterAll(() => r2.restore())

const noise = (size: number) => Uint8Array.from({ length: size }, (_, at) => (at * 31) ^ (at >> 8))
const metadata = { kind: 'video', type: 'video/mp4', size: 1 } as MediaMetadata

/** An upload with as many chunks as there may be, as its room has it. */
async function begun(bytes: Uint8Array, first: number): Promise<MultipartUpload> {
  const id = newMediaId('room')
  const chunks = Array.from({ length: MAX_CHUNKS }, (_, index) => ({
    attempt: index + 1,
    bytes: index === 0 ? first : 1,
  }))
  let offset = 0
  for (const chunk of chunks) {
    await env.MEDIA.put(chunkKey(id, chunk.attempt), bytes.slice(offset, offset + chunk.bytes))
    offset += chunk.bytes
  }
  const attempt = MAX_CHUNKS
  return {
    id,
    length: bytes.length,
    offset,
    parts: [],
    multipart: null,
    chunks,
    metadata: null,
    attempt,
  }
}

type Saving = 'refused' | 'lost' | 'noted and lost' | undefined

/** Sends the next bytes as a new request does, from what the room knows; the answer is what it knows then. */
async function send(known: MultipartUpload, bytes: Uint8Array, size: number, saving?: Saving) {
  const attempt = known.attempt + 1
  let noted: MultipartUpload = { ...known, attempt }
  const save = async (state: MultipartState) => {
    if (saving === 'refused') throw new ApiError('conflict', 'Another request has gone on.')
    if (saving === 'lost') throw new ApiError('unavailable', 'The room did not answer.')
    noted = { ...noted, ...structuredClone(state) }
    if (saving) throw new ApiError('unavailable', 'The room did and could not say so.')
  }
  const body = new Blob([bytes.slice(known.offset, known.offset + size)]).stream()
  const etags: string[] = []
  const given = { ...structuredClone(noted) }
  await receiveTusBody(env.MEDIA, given, body as ReadableStream<Uint8Array>, {
    inspect: async () => metadata,
    save,
    finish: async (etag) => etags.push(etag),
    refuse: async () => {
      throw new Error('given up')
    },
  }).catch((error: unknown) => {
    expect(String(error)).toMatch(/R2|room|request/)
  })
  return { upload: noted, isFinished: etags.length > 0 }
}

const failures = [1, 2, 63, 64, 65, 66, 67, 68, 69].flatMap((nth) =>
  (['before', 'after'] as const).map((when) => ({ nth, when, saving: undefined as Saving })),
)
const savings = (['refused', 'lost', 'noted and lost'] as const).map((saving) => ({
  nth: 0,
  when: 'before' as const,
  saving: saving as Saving,
}))

it.each([
  ['joins chunks', 1, 10],
  ['stores the last part', 1000, 5000],
  ['fills a part', PART_BYTES - 500, 1000],
])(
  'a request that %s may end at any call and any answer of the room, and the rest can follow',
  async (_, first, size) => {
    const bytes = noise(first < 10_000 ? first + 3000 : PART_BYTES + 5000)
    for (const { nth, when, saving } of [...failures, ...savings]) {
      let state = { upload: await begun(bytes, first), isFinished: false }
      const failing = r2.calls + nth
      r2.fails = (call) => (call === failing && nth > 0 ? when : undefined)
      state = await send(state.upload, bytes, size, saving)
      r2.fails = () => undefined
      for (let tries = 0; !state.isFinished && tries < 5; tries += 1) {
        state = await send(state.upload, bytes, tries === 0 ? 100 : bytes.length)
      }
      const object = await env.MEDIA.get(mediaKey(state.upload.id))
      const stored = new Uint8Array((await object?.arrayBuffer()) ?? new ArrayBuffer())
      expect([nth, when, saving, stored.length]).toEqual([nth, when, saving, bytes.length])
      expect(stored.every((byte, index) => byte === bytes[index])).toBe(true)
    }
  },
)

it('however requests are sized, few chunks stay and a byte is copied a few times', () => {
  for (const sizes of [[1], [1, 1000], [1000, 1], [1, 2, 4, 8, 16, 32, 64], [5, 400, 3, 90_000]]) {
    let chunks: { attempt: number; bytes: number }[] = []
    let [sent, copied] = [0, 0]
    for (let attempt = 0; attempt < 5000; attempt += 1) {
      const added = sizes[attempt % sizes.length] as number
      if (lengthOf(chunks) + added >= PART_BYTES) break
      const kept = keptChunks(chunks, added)
      const bytes = lengthOf(chunks.slice(kept)) + added
      chunks = [...chunks.slice(0, kept), { attempt, bytes }]
      ;[sent, copied] = [sent + added, copied + bytes]
      expect(chunks.length).toBeLessThanOrEqual(MAX_CHUNKS)
    }
    expect(copied).toBeLessThan(sent * 6)
  }
})
