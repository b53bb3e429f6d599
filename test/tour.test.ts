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

/** What the tour says to paste. */
const blocks = [
  ...readFileSync('docs/tour.md', 'utf8').matchAll(/```bash tour\n([\s\S]*?)```/g),
].map(([, block = '']) => block)

/** JSON texts, one after the other, each from a brace at the start of a line to the next. */
const documents = (output = '') =>
  [...output.matchAll(/^\{\n[\s\S]*?^\}$/gm)].map(([text]) => JSON.parse(text))

it('has its port in one place', () => {
  expect(blocks.join('').match(/localhost|\b8787\b|\bwss?:/g)).toEqual(['localhost', '8787'])
})

it('works, pasted block by block', () => {
  const strict = 'curl() { command curl --fail-with-body "$@"; }\n'
  const pasted = blocks.map((block) => `${block}echo '#'\n`).join('')
  const input = strict + pasted.replace('localhost:8787', ORIGIN)
  const shell = spawnSync('bash', ['-e', '-o', 'pipefail'], { input, encoding: 'utf8' })
  expect(shell.stderr).toBe('')
  const [, people, posts, page, repeat, socket, live] = shell.stdout.split('#\n').map(documents)
  expect(people?.[0]).toMatchObject({ session: { accessToken: expect.any(String) } })
  expect(posts).toMatchObject([{ text: 'See you at 8!' }, { text: 'I am in.' }])
  expect(page).toMatchObject([{ items: [{ text: 'I am in.' }, { text: 'See you at 8!' }] }])
  expect(repeat).toMatchObject([{ nonce: 'b1', seq: 4 }])
  expect(socket?.[0]).toHaveProperty('ready')
  const told = socket?.flatMap(({ events = [] }) => events) ?? []
  expect(told.flatMap(({ message }) => message?.text ?? [])).toEqual([
    'I am in.',
    'From the socket',
  ])
  expect(socket?.at(-1)).toMatchObject({ answers: [{ ref: 1, seq: 5 }] })
  expect(live).toContainEqual(
    expect.objectContaining({ events: [expect.objectContaining({ seq: 6 })] }),
  )
})
