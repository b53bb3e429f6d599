import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { open } from '../../src/directory/database'
import { users } from '../../src/directory/schema'
import { SILENCE_MS } from '../../src/media/tus-body'
import { createScenario } from '../fixtures/scenario'
import { tusClient } from '../fixtures/tus'

const png = Uint8Array.from(
  atob(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  ),
  (c) => c.charCodeAt(0),
)

const spent = async (userId: string) =>
  (
    await open(env.DB)
      .select({ bytes: users.uploadedBytes })
      .from(users)
      .where(eq(users.id, userId))
      .get()
  )?.bytes

/** A body that gives some bytes and then nothing more. */
const stalled = (bytes: Uint8Array) =>
  new ReadableStream({
    type: 'bytes',
    start: (controller) => controller.enqueue(bytes.slice()),
  })

it('a cancelled upload gives back only what it did not send', async () => {
  const { bo, room } = await createScenario()
  const { create, patch, cancel } = tusClient(bo, room.id)
  const { path } = await create(1_000_000)
  expect(await spent(bo.id)).toBe(1_000_000)
  expect((await patch(path, 0, png)).offset).toBe(png.length)
  expect((await cancel(path)).status).toBe(204)
  expect(await spent(bo.id)).toBe(png.length)
})

it('two uploads of a user go on at a time; a third waits until one ends or falls silent, and not for ever', async () => {
  const { ana, bo, room } = await createScenario()
  const { create, patch, head } = tusClient(bo, room.id)
  const since = Date.now()
  const paths = await Promise.all(
    Array.from({ length: 3 }, async () => (await create(1_000_000)).path),
  )
  const held = paths.slice(0, 2).map((path) => patch(path, 0, stalled(png)))
  await scheduler.wait(500)
  const third = await patch(paths[2] ?? '', 0, png)
  expect([third.status, third.code]).toEqual([429, 'rate_limited'])
  // Others are not concerned.
  const other = tusClient(ana, room.id)
  expect((await other.patch((await other.create(1_000_000)).path, 0, png)).status).toBe(204)
  // Who falls silent is cut off, and what was sent is kept.
  expect((await Promise.all(held)).map(({ status }) => status)).toEqual([204, 204])
  expect(Date.now() - since).toBeGreaterThanOrEqual(SILENCE_MS)
  expect((await head(paths[0] ?? '')).offset).toBe(png.length)
  expect((await patch(paths[2] ?? '', 0, png)).offset).toBe(png.length)
})
