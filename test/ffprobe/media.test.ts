import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, it } from 'node:test'
import { type Service, start } from '../proof/service.ts'
import { postJson, registerUser } from '../proof/users.ts'
import { type MadeFile, madeFiles } from './made-files.ts'

const hasFfmpeg = ['ffmpeg', 'ffprobe'].every((name) => spawnSync(name, ['-version']).status === 0)
const skip = hasFfmpeg ? false : 'there is no ffmpeg'

interface Told {
  kind: string
  width: number | null
  height: number | null
  duration: number | null
}

interface Stream {
  codec_type: string
  disposition: { attached_pic: number }
  width: number
  height: number
  sample_aspect_ratio?: string
  side_data_list?: { rotation?: number }[]
}

interface Probed {
  streams: Stream[]
  format: { duration?: string }
}

const dir = mkdtempSync(join(tmpdir(), 'made-'))
let service: Service
let ana: Awaited<ReturnType<typeof registerUser>>
let room: string

before(async () => {
  if (!hasFfmpeg) return
  service = await start()
  ana = await registerUser(service.url)
  const made = await ana.fetch('/v1/rooms', postJson({ name: 'Harbour' }))
  room = `/v1/rooms/${((await made.json()) as { id: string }).id}`
})

after(async () => {
  rmSync(dir, { recursive: true, force: true })
  await service?.stop()
})

function make({ name, args }: MadeFile): Buffer<ArrayBuffer> {
  const path = join(dir, name)
  const words = args.replaceAll('DIR', dir).split(' ')
  // A live recording goes into a pipe, which nobody can go back in.
  const isLive = args.includes('-live')
  const output = execFileSync('ffmpeg', ['-v', 'error', '-y', ...words, isLive ? 'pipe:1' : path], {
    maxBuffer: 1e8,
    timeout: 60_000,
  })
  if (!isLive) return readFileSync(path)
  execFileSync('tee', [path], { input: output, stdio: ['pipe', 'ignore', 'inherit'] })
  return Buffer.from(output)
}

/** In one request. The type is left to the service. */
async function upload(bytes: Uint8Array<ArrayBuffer>, name: string): Promise<Told> {
  const answer = await ana.fetch(`${room}/media`, {
    method: 'POST',
    body: bytes,
    headers: {
      'Content-Type': 'application/octet-stream',
      'Content-Disposition': `attachment; filename="${name}"`,
    },
  })
  const told = await answer.json()
  assert.equal(answer.status, 201, JSON.stringify(told))
  return told as Told
}

/** By tus; a message says what became of it. */
async function uploadByTus(bytes: Uint8Array<ArrayBuffer>, name: string): Promise<Told> {
  const answer = await ana.fetch(`${room}/uploads`, {
    method: 'POST',
    body: bytes,
    headers: {
      'Tus-Resumable': '1.0.0',
      'Upload-Length': String(bytes.length),
      'Upload-Metadata': `filename ${Buffer.from(name).toString('base64')}`,
      'Content-Type': 'application/offset+octet-stream',
    },
  })
  assert.equal(answer.status, 201)
  const id = answer.headers.get('Location')?.split('/').at(-1)
  const message = { nonce: name, text: '', attachments: [id] }
  const posted = await ana.fetch(`${room}/messages`, postJson(message))
  const { attachments } = (await posted.json()) as { attachments: [Told] }
  return attachments[0]
}

/** What ffprobe says is shown: with wide pixels made square, and turned. */
function probe({ name }: MadeFile) {
  const output = execFileSync('ffprobe', [
    ...['-v', 'error', '-of', 'json', '-show_streams', '-show_format'],
    join(dir, name),
  ])
  const { streams, format }: Probed = JSON.parse(output.toString())
  const isFilm = (stream: Stream) =>
    stream.codec_type === 'video' && stream.disposition.attached_pic === 0
  const film = streams.find(isFilm)
  const duration = Number(format.duration)
  if (!film) return { width: null, height: null, duration }
  const [x = 1, y = 1] = (film.sample_aspect_ratio ?? '1:1').split(':').map(Number)
  const wide = Math.round(film.width * (x > 0 ? x / y : 1))
  const turn = Math.abs(film.side_data_list?.[0]?.rotation ?? 0)
  const [width, height] = turn === 90 || turn === 270 ? [film.height, wide] : [wide, film.height]
  return { width, height, duration }
}

const kinds: Record<string, string> = { jpg: 'image', png: 'image', gif: 'image', webp: 'image' }

for (const file of madeFiles) {
  it(`${file.name} is told as ffprobe tells it, by either way of uploading`, { skip }, async () => {
    const bytes = make(file)
    const told = await upload(bytes, file.name)
    const seen = probe(file)
    assert.deepEqual([told.width, told.height], [seen.width, seen.height])
    const ending = file.name.split('.').at(-1) as string
    const isPicture = ending === 'apng' || kinds[ending] === 'image'
    assert.equal(told.kind, isPicture ? 'image' : seen.width === null ? 'audio' : 'video')
    if (isPicture || file.isOpen) assert.equal(told.duration, null)
    else {
      const off = Math.abs((told.duration ?? 0) - seen.duration)
      assert.ok(off < Math.max(0.1, seen.duration * 0.02), `${told.duration}, not ${seen.duration}`)
    }
    const { width, height, kind, duration } = await uploadByTus(bytes, file.name)
    assert.deepEqual(
      { width, height, kind, duration },
      {
        width: told.width,
        height: told.height,
        kind: told.kind,
        duration: told.duration,
      },
    )
  })
}
