import { abortAllDurableObjects, runDurableObjectAlarm } from 'cloudflare:test'
import { afterAll, afterEach, expect, it, vi } from 'vitest'
import { PART_BYTES } from '../../src/media/multipart'
import { MAX_CHUNKS } from '../../src/media/upload-chunks'
import { stopClock } from '../fixtures/clock'
import { eventually } from '../fixtures/eventually'
import { download, png, storedKeys } from '../fixtures/media'
import { spyOnR2 } from '../fixtures/r2-spy'
import { createScenario } from '../fixtures/scenario'
import { mediaPath, tusClient } from '../fixtures/tus'

const r2 = spyOnR2()
afterEach(() => {
  r2.fails = () => undefined
  vi.restoreAllMocks()
})

// To print how megabytes differ would take minutes.
const isSame = (seen: Uint8Array, right: Uint8Array) =>
  seen.length === right.length && seen.every((byte, index) => byte === right[index])

afterAll(() => r2.restore())

/** A picture with noise behind it. */
function large(size: number): Uint8Array {
  const bytes = new Uint8Array(size)
  for (let at = 0; at < size; at += 1) bytes[at] = (at * 31 + (at >> 8)) & 255
  bytes.set(png)
  return bytes
}

async function begin(bytes: Uint8Array) {
  const { bo, room, stub } = await createScenario()
  const client = tusClient(bo, room.id)
  const { path } = await client.create(bytes.length)
  let offset = 0
  const ask = async (tries = 9): Promise<number> => {
    const answer = await client.head(path)
    if (answer.offset === null && tries > 0) return ask(tries - 1)
    expect(answer.status).toBe(200)
    return answer.offset as number
  }
  const send = async (size: number) => {
    const answer = await client.patch(path, offset, bytes.slice(offset, offset + size))
    offset = answer.offset ?? (await ask())
    return answer.status
  }
  /** Sends the rest, whatever fails on the way. */
  const sendRest = async (size: number) => {
    for (let tries = 0; offset < bytes.length && tries < 20; tries += 1) await send(size)
  }
  const stored = () => download(bo.token, mediaPath(path)).then((answer) => answer.bytes)
  return {
    ...client,
    bo,
    room,
    stub,
    path,
    send,
    sendRest,
    stored,
    keys: () => storedKeys(room.id),
  }
}

it('a byte behind a part that is nearly full costs a byte, not the part', async () => {
  const bytes = large(PART_BYTES + 1000)
  const { send, sendRest, stored } = await begin(bytes)
  await send(PART_BYTES - 100)
  const [read, written] = [r2.bytesRead, r2.bytesWritten]
  for (let sent = 0; sent < 99; sent += 1) expect(await send(1)).toBe(204)
  expect(r2.bytesWritten - written).toBeLessThan(99 * 10)
  expect(r2.bytesRead - read).toBeLessThan(99 * 10)
  await sendRest(900)
  expect(isSame(await stored(), bytes)).toBe(true)
})

it('a part that comes byte by byte, however its chunks lie, is copied a few times and not for each', async () => {
  const bytes = large(20_000)
  const { send, sendRest, stored, keys } = await begin(bytes)
  const written = r2.bytesWritten
  let sent = 0
  for (let nth = 0; nth < 130; nth += 1) {
    // Small ones in front of large ones, and long runs of small ones.
    const size = nth % 7 === 0 && nth < 70 ? 90 : 1
    await send(size)
    sent += size
    if (nth % 10 === 9) expect((await keys()).length).toBeLessThanOrEqual(MAX_CHUNKS)
  }
  expect(r2.bytesWritten - written).toBeLessThan(sent * 5)
  await sendRest(20_000)
  expect(isSame(await stored(), bytes)).toBe(true)
})

it('an upload in many chunks is what was sent, whatever call of R2 fails and whenever its room ends', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => {})
  const bytes = large(PART_BYTES + 40_000)
  const { send, sendRest, stored, stub, keys } = await begin(bytes)
  for (let nth = 0; nth < 120; nth += 1) {
    const failing = r2.calls + 1 + (nth % 4)
    r2.fails = (call) => (nth % 3 || call !== failing ? undefined : nth % 2 ? 'before' : 'after')
    await send(nth === 80 ? PART_BYTES - 1000 : nth % 23)
    if (nth % 25 === 24) await abortAllDurableObjects()
  }
  r2.fails = () => undefined
  await sendRest(30_000)
  expect(isSame(await stored(), bytes)).toBe(true)
  await eventually(async () => {
    await runDurableObjectAlarm(stub)
    expect(await keys()).toHaveLength(1)
  })
})

it('chunks go with an upload that is cancelled and with one that expires', async () => {
  const { send, cancel, create, patch, path, stub, keys } = await begin(large(5000))
  for (let nth = 0; nth < 5; nth += 1) await send(10)
  const { path: forgotten } = await create(5000)
  for (let nth = 0; nth < 5; nth += 1) await patch(forgotten, nth, png.slice(nth, nth + 1))
  expect(await keys()).toHaveLength(10)
  await cancel(path)
  await runDurableObjectAlarm(stub)
  expect(await keys()).toHaveLength(5)
  const clock = stopClock(Date.now() + 25 * 3_600_000)
  await runDurableObjectAlarm(stub)
  clock.restart()
  expect(await keys()).toEqual([])
})
