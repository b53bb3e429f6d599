// Uploads from Node, against the service as `npm start` runs it.
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { after, before, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { Chat, ProblemError, type Room } from '../../../src/client/chatroom-client'
import { type Faults, faults } from '../../../src/client/faults'
import { upload } from '../../../src/client/upload'
import { type Service, start } from '../../proof/service.ts'
import { Network } from './network'
import { registered, until } from './people'

const MIB = 1024 * 1024

let service: Service
let network: Network
let ana: Chat
let room: Room

before(async () => {
  service = await start()
  network = await Network.before(service.url)
  ana = await registered(network.url)
  room = ana.room((await ana.createRoom({ name: 'Harbour' })).id)
})

after(async () => {
  ana.close()
  network.stop()
  await service.stop()
})

/** Bytes that begin as a film does. */
function film(size: number): Buffer<ArrayBuffer> {
  const bytes = Buffer.from(randomBytes(size))
  Buffer.from('0000001c667479706d703432000000006d70343269736f6d', 'hex').copy(bytes)
  return bytes
}

const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

async function download(path: string): Promise<{ name: string | null; sha256: string }> {
  const headers = { Authorization: `Bearer ${await ana.session.token()}` }
  const answer = await fetch(service.url + path, { headers })
  const sha256 = hash(new Uint8Array(await answer.arrayBuffer()))
  return { name: answer.headers.get('Content-Disposition'), sha256 }
}

it('a small file goes out in one request, and a message takes it', async () => {
  const bytes = film(200_000)
  const seen: number[] = []
  const file = new File([bytes], "Ana's boat (2).mp4", { type: 'video/mp4' })
  const id = await upload(room, file, { onProgress: (sent) => seen.push(sent) })
  assert.deepEqual(seen, [0, bytes.length])
  room.open()
  room.send({ text: 'Look!', attachments: [id] })
  await until('it is sent', () => room.view.getSnapshot().messages[0]?.status === 'sent')
  const [media] = room.view.getSnapshot().messages[0]?.attachments ?? []
  assert.deepEqual([media?.id, media?.name, media?.size], [id, file.name, bytes.length])
  assert.equal((await download(media?.url ?? '')).sha256, hash(bytes))
})

for (const kind of ['Buffer', 'File'] as const) {
  it(`a ${kind} of 24 MiB that is cut goes on where it was, with progress`, async () => {
    const bytes = film(24 * MIB)
    const given = kind === 'File' ? new File([bytes], 'boat.mp4', { type: 'video/mp4' }) : bytes
    const seen: number[] = []
    network.cutAt = 6 * MIB
    const id = await upload(room, given, {
      name: 'boat.mp4',
      type: 'video/mp4',
      onProgress: (sent, total) => seen.push(sent / total),
    })
    assert.equal(network.cutAt, Number.POSITIVE_INFINITY, 'it was cut')
    assert.equal(seen.at(-1), 1)
    assert.ok(seen.some((share) => share > 0.2 && share < 0.9))
    const { name, sha256 } = await download(`/v1/media/${id}`)
    assert.match(name ?? '', /boat\.mp4/)
    assert.equal(sha256, hash(bytes))
  })
}

it('faults reach the pieces of a large one, which arrives all the same', async () => {
  const bad: Faults = { cut: 1 }
  const token = () => ana.session.token()
  const phone = new Chat(service.url, { ...faults(bad), token })
  const bytes = film(24 * MIB)
  let sent = 0
  const sending = upload(phone.room(room.id), bytes, { type: 'video/mp4' }).then((id) => {
    sent += 1
    return id
  })
  await pause(900)
  assert.equal(sent, 0)
  Object.assign(bad, { cut: '30%', delayMs: [0, 50], loseAnswers: '20%' })
  assert.equal((await download(`/v1/media/${await sending}`)).sha256, hash(bytes))
})

it('what is cancelled ends at once with the reason', async () => {
  const stop = new AbortController()
  const why = new Error('changed my mind')
  let isOver = false
  const doomed = upload(room, film(24 * MIB), {
    signal: stop.signal,
    onProgress: (sent) => {
      assert.ok(!isOver)
      if (sent < 2 * MIB) return
      isOver = true
      stop.abort(why)
    },
  })
  await assert.rejects(doomed, why)
  await assert.rejects(upload(room, film(10), { signal: stop.signal }), why)
})

for (const size of [1000, 2 * MIB]) {
  it(`what the service refuses, of ${size} bytes, is a problem with a code`, async () => {
    const text = new Blob(['a'.repeat(size)], { type: 'text/plain' })
    const isRefused = (error: unknown) =>
      error instanceof ProblemError && error.code === 'unsupported_type'
    await assert.rejects(upload(room, text), isRefused)
  })

  it(`a token that is refused is replaced, for ${size} bytes`, async () => {
    const good = await ana.session.token()
    const tokens = [`${good.split('.').slice(0, 2).join('.')}.AAAA`]
    const phone = new Chat(service.url, { token: () => tokens.pop() ?? good })
    const bytes = film(size)
    const id = await upload(phone.room(room.id), bytes, { type: 'video/mp4' })
    assert.equal((await download(`/v1/media/${id}`)).sha256, hash(bytes))
  })
}
