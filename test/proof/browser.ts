import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it } from 'node:test'
import { type Asked, browse } from './chromium.ts'
import { start } from './service.ts'
import { postJson, registerUser } from './users.ts'

const SECONDS = 40

const missing = ['chromium', 'ffmpeg'].filter((program) => !has(program))
const name =
  'Chromium uploads a WebM by tus, plays it by ranges and shows a JPEG, from another origin'
const skip = missing.length > 0 && `apt-get install ${missing.join(' ')} first`

it(name, { skip, timeout: 120_000 }, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'chatroom-browser-'))
  // Before the service has connections: while a film is drawn, nobody listens to them.
  const still = draw(directory, 'photo.jpg', '-frames:v 1')
  const film = draw(directory, 'film.webm', '-c:v libvpx -b:v 3M -deadline realtime')
  const service = await start()
  try {
    const ana = await registerUser(service.url)
    const made = await ana.fetch('/v1/rooms', postJson({ name: 'Harbour' }))
    const room = `/v1/rooms/${((await made.json()) as { id: string }).id}`
    const posted = await ana.fetch(`${room}/media`, {
      method: 'POST',
      headers: { 'Content-Type': 'image/jpeg' },
      body: new Uint8Array(readFileSync(still)),
    })
    const { url: photo } = (await posted.json()) as { url: string }
    const answer = await ana.fetch(`${room}/media-token`, { method: 'POST' })
    const { token } = (await answer.json()) as { token: string }
    const wanted = { room, bearer: ana.token, token, photo }
    const { seen, asked } = await browse(service.url, directory, film, wanted)
    assert.equal(seen.error, undefined)
    assert.deepEqual(
      [seen.photo, seen.narrow, seen.video],
      [
        [640, 360],
        [320, 180],
        [640, 360],
      ],
    )
    assert.equal(seen.bare, 'refused')
    assert.ok(Math.abs(seen.duration - SECONDS) < 1, `it lasts ${seen.duration} s`)
    assert.ok(seen.playedTo > seen.playedFrom && seen.playedFrom > SECONDS / 2)
    const size = readFileSync(film).length
    assert.ok(asked.filter(({ method }) => method === 'PATCH').length >= size / 6_000_000)
    byRanges(
      asked.filter(({ path }) => path.startsWith(seen.film)),
      size,
    )
  } finally {
    await service.stop()
    rmSync(directory, { recursive: true, force: true })
  }
})

/** A film that was looked at from three quarters on. */
function byRanges(asked: Asked[], size: number): void {
  const statuses = asked.map(({ status }) => status)
  // What it has of a range already it asks to be confirmed.
  assert.ok(
    statuses.every((status) => status === 206 || status === 304),
    `answered ${statuses}`,
  )
  assert.ok(statuses.filter((status) => status === 206).length > 1, `answered ${statuses}`)
  const starts = asked.map(({ range = '' }) => Number(/^bytes=(\d+)-/.exec(range)?.[1]))
  assert.ok(
    starts.some((start) => start > size / 2),
    `asked for bytes from ${starts}`,
  )
}

/** A test picture with noise that nobody can compress, moving or not; answers where it is. */
function draw(directory: string, name: string, options: string): string {
  const path = join(directory, name)
  const source = `testsrc2=size=640x360:rate=25:duration=${SECONDS},noise=alls=30:allf=t`
  const from = ['-loglevel', 'error', '-f', 'lavfi', '-i', source]
  execFileSync('ffmpeg', [...from, ...options.split(' '), path])
  return path
}

function has(program: string): boolean {
  try {
    execFileSync('which', [program], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
