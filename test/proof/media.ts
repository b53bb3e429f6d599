import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { after, before, it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import * as tus from 'tus-js-client'
import { type Service, start } from './service.ts'
import { postJson, registerUser } from './users.ts'

const MB = 1_000_000
const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

/** Bytes that nobody can compress, which begin as a film does. */
function film(size: number): Buffer {
  const bytes = Buffer.alloc(size)
  const random = randomBytes(MB)
  for (let at = 0; at < size; at += MB) random.copy(bytes, at, 0, Math.min(MB, size - at))
  Buffer.from('0000001c667479706d703432000000006d70343269736f6d', 'hex').copy(bytes)
  for (let at = 32; at + 4 < size; at += MB) bytes.writeUInt32BE(at, at)
  return bytes
}

let service: Service
let ana: Awaited<ReturnType<typeof registerUser>>
let room: string
before(async () => {
  service = await start()
  ana = await registerUser(service.url)
  const made = await ana.fetch('/v1/rooms', postJson({ name: 'Harbour' }))
  room = `/v1/rooms/${((await made.json()) as { id: string }).id}`
})
after(() => service.stop())

interface Wanted {
  chunkSize: number
  /** Cut the connection once so much has been sent. */
  cutAt?: number
  uploadUrl?: string
}

/** Uploads by the real client; answers the address of the upload and whether it was cut. */
function send(bytes: Buffer, { chunkSize, cutAt, uploadUrl }: Wanted) {
  return new Promise<{ url: string; isCut: boolean }>((resolve, reject) => {
    const upload = new tus.Upload(bytes, {
      endpoint: `${service.url}${room}/uploads`,
      chunkSize,
      retryDelays: [100, 500, 1000],
      headers: { Authorization: `Bearer ${ana.token}` },
      metadata: { filename: 'boat.mp4', filetype: 'video/mp4' },
      ...(uploadUrl && { uploadUrl }),
      onProgress: (sent) => {
        if (cutAt === undefined || sent < cutAt) return
        upload.abort().then(() => resolve({ url: upload.url as string, isCut: true }))
      },
      onSuccess: () => resolve({ url: upload.url as string, isCut: false }),
      onError: reject,
    })
    upload.start()
  })
}

const mediaOf = (url: string) => `/v1/media/${url.split('/').at(-1)}`

async function fetched(path: string): Promise<string> {
  const answer = await ana.fetch(path)
  assert.equal(answer.status, 200)
  return hash(new Uint8Array(await answer.arrayBuffer()))
}

for (const chunkSize of [1.3 * MB, 7 * MB, Number.POSITIVE_INFINITY]) {
  it(`60 MB in chunks of ${chunkSize} bytes, cut in the middle and resumed, arrive as they were`, async () => {
    const bytes = film(60 * MB)
    const { url, isCut } = await send(bytes, { chunkSize, cutAt: 31 * MB })
    assert.ok(isCut)
    const offset = async () => {
      const answer = await ana.fetch(new URL(url).pathname, {
        method: 'HEAD',
        headers: { 'Tus-Resumable': '1.0.0' },
      })
      return Number(answer.headers.get('Upload-Offset'))
    }
    let resumedFrom = await offset()
    // The service stores what had arrived before the cut, which takes it a moment.
    for (let tries = 0; resumedFrom <= 15 * MB && tries < 50; tries += 1) {
      await wait(100)
      resumedFrom = await offset()
    }
    assert.ok(resumedFrom > 15 * MB && resumedFrom < 60 * MB, `resumes from ${resumedFrom}`)
    await send(bytes, { chunkSize, uploadUrl: url })
    assert.equal(await fetched(mediaOf(url)), hash(bytes))
  })
}
