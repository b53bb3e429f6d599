import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it } from 'node:test'
import { browse } from './chromium.ts'
import { json, register } from './people.ts'
import { start } from './service.ts'

const SECONDS = 40

const missing = ['chromium', 'ffmpeg'].filter((program) => !has(program))

it('Chromium shows a JPEG and plays a WebM by ranges, through a media token', {
  skip: missing.length > 0 && `apt-get install ${missing.join(' ')} first`,
  timeout: 120_000,
}, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'chatroom-browser-'))
  // Before the service has connections: while a film is drawn, nobody listens to them.
  const drawnPhoto = draw(directory, 'photo.jpg', ['-frames:v', '1'])
  const drawnFilm = draw(directory, 'film.webm', [
    '-c:v',
    'libvpx',
    '-b:v',
    '3M',
    '-deadline',
    'realtime',
  ])
  const service = await start()
  try {
    const ana = await register(service.url)
    const made = await ana.fetch('/v1/rooms', json({ name: 'Harbour' }))
    const room = `/v1/rooms/${((await made.json()) as { id: string }).id}`
    const post = async (type: string, bytes: Buffer) => {
      const headers = { 'Content-Type': type }
      const body = new Uint8Array(bytes)
      const answer = await ana.fetch(`${room}/media`, { method: 'POST', headers, body })
      return (await answer.json()) as { id: string; url: string }
    }
    const photo = await post('image/jpeg', drawnPhoto)
    const video = await post('video/webm', drawnFilm)
    await ana.fetch(`${room}/messages`, json({ nonce: 'a', attachments: [photo.id, video.id] }))
    const answer = await ana.fetch(`${room}/media-token`, { method: 'POST' })
    const { token } = (await answer.json()) as { token: string }
    const { seen, asked } = await browse(service.url, directory, {
      photo: `${photo.url}?token=${token}`,
      video: `${video.url}?token=${token}`,
      bare: photo.url,
    })
    assert.deepEqual(seen.photo, [640, 360])
    assert.deepEqual(seen.video, [640, 360])
    assert.equal(seen.bare, 'refused')
    assert.ok(Math.abs(seen.duration - SECONDS) < 1, `it lasts ${seen.duration} s`)
    assert.ok(seen.playedTo > seen.playedFrom && seen.playedFrom > SECONDS / 2)
    const ranges = asked.filter(({ path }) => path.startsWith(video.url))
    const statuses = ranges.map(({ status }) => status)
    // What it has of a range already it asks to be confirmed.
    assert.ok(statuses.filter((status) => status === 206).length > 1, `answered ${statuses}`)
    assert.ok(
      statuses.every((status) => status === 206 || status === 304),
      `answered ${statuses}`,
    )
    const starts = ranges.map(({ range = '' }) => Number(/^bytes=(\d+)-/.exec(range)?.[1]))
    assert.ok(
      starts.some((start) => start > drawnFilm.length / 2),
      'nothing of its second half was asked for',
    )
  } finally {
    await service.stop()
    rmSync(directory, { recursive: true, force: true })
  }
})

/** A test picture with noise that nobody can compress, moving or not. */
function draw(directory: string, name: string, options: string[]): Buffer {
  const path = join(directory, name)
  const source = `testsrc2=size=640x360:rate=25:duration=${SECONDS},noise=alls=30:allf=t`
  execFileSync('ffmpeg', ['-loglevel', 'error', '-f', 'lavfi', '-i', source, ...options, path])
  return readFileSync(path)
}

function has(program: string): boolean {
  try {
    execFileSync(program, [program === 'ffmpeg' ? '-version' : '--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
