import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'

// A server of its own: another port than people use, and nothing of theirs in its storage.
const PORT = String(20_000 + (process.pid % 10_000))
const ORIGIN = `localhost:${PORT}`
const state = mkdtempSync(join(tmpdir(), 'tour-'))
let server: ChildProcess | undefined

beforeAll(async () => {
  const options = { env: { ...process.env, PORT }, stdio: 'ignore' } as const
  server = spawn('node', ['scripts/start.mjs', '--persist-to', state], options)
  const isServed = async () => expect((await fetch(`http://${ORIGIN}/health`)).ok).toBe(true)
  await vi.waitFor(isServed, { timeout: 60_000, interval: 250 })
}, 120_000)

afterAll(async () => {
  if (server?.kill('SIGTERM')) await once(server, 'exit')
  rmSync(state, { recursive: true, force: true, maxRetries: 5 })
})

/** What the README says to paste. */
const blocks = [...readFileSync('README.md', 'utf8').matchAll(/```bash tour\n([\s\S]*?)```/g)].map(
  ([, block = '']) => block.replaceAll('localhost:8787', ORIGIN),
)

it('the tour of the README works, pasted line by line', () => {
  const strict = 'curl() { command curl --fail-with-body "$@"; }\n'
  const input = strict + blocks.map((block) => `${block}echo '#'\n`).join('')
  const shell = spawnSync('bash', ['-e', '-o', 'pipefail'], { input, encoding: 'utf8' })
  expect(shell.stderr).toBe('')
  const [, people, posts, page, repeat, socket, live] = shell.stdout.split('#\n')
  expect(people).toContain('"accessToken"')
  expect(posts).toMatch(/"text":"See you at 8!"[\s\S]*"text":"I am in\."/)
  expect(page).toMatch(/"items":\[\{[\s\S]*I am in\.[\s\S]*See you at 8!/)
  expect(JSON.parse(repeat ?? '')).toMatchObject({ nonce: 'b1', seq: 4 })
  expect(socket).toMatch(
    /^\{"ready"[\s\S]*\{"events"[\s\S]*"I am in\."[\s\S]*"From the socket"[\s\S]*\{"answers":\[\{"ref":1,"seq":5/m,
  )
  expect(live).toContain('{"events":[{"seq":6')
})
