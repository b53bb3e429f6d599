import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'

// A server of its own: another port than people and the tour use, and nothing of theirs in its storage.
const PORT = String(32_000 + (process.pid % 10_000))
const API = `http://localhost:${PORT}/v1`
const state = mkdtempSync(join(tmpdir(), 'back-ends-'))
let server: ChildProcess | undefined
let admin = ''

beforeAll(async () => {
  const options = { env: { ...process.env, PORT }, stdio: 'ignore' } as const
  server = spawn('node', ['scripts/start.mjs', '--persist-to', state], options)
  const isServed = async () =>
    expect((await fetch(`http://localhost:${PORT}/health`)).ok).toBe(true)
  await vi.waitFor(isServed, { timeout: 60_000, interval: 250 })
  const registered = await fetch(`${API}/users`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ username: 'ada', password: 'correct horse battery' }),
  })
  const { session } = (await registered.json()) as { session: { accessToken: string } }
  admin = session.accessToken
  const sql = `update users set role = 'admin' where username = 'ada'`
  const d1 = ['d1', 'execute', 'chatroom', '--local', '--persist-to', state, '--command', sql]
  const promoted = spawnSync('node_modules/.bin/wrangler', d1, { encoding: 'utf8' })
  expect(promoted.status, promoted.stderr).toBe(0)
}, 120_000)

afterAll(async () => {
  if (server?.kill('SIGTERM')) await once(server, 'exit')
  rmSync(state, { recursive: true, force: true, maxRetries: 5 })
})

/** What the page says to run. */
const blocks = [
  ...readFileSync('docs/back-ends.md', 'utf8').matchAll(/```(bash|ts) back-ends\n([\s\S]*?)```/g),
].map(([, language = '', text = '']) => ({ language, text }))

it('the blocks of docs/back-ends.md work, run one after the other', () => {
  const pasted = blocks.map(({ language, text }, i) => {
    if (language === 'bash') return text.replace('http://localhost:8787/v1', API)
    const file = join(state, `block-${i}.mts`)
    writeFileSync(file, text)
    return `node_modules/.bin/tsx ${file}\n`
  })
  const shell = spawnSync('bash', ['-e', '-o', 'pipefail'], {
    input: pasted.join(''),
    encoding: 'utf8',
    env: { ...process.env, ADMIN: admin },
  })
  expect(shell.stderr).toBe('')
  expect(shell.stdout.trim().split('\n')).toEqual([
    'Bo',
    'Ana López',
    '204',
    'found',
    'member',
    'Where is it?',
    'Where is it?',
    'Zoë: Where is mine?',
    'unauthenticated',
    'Order 1',
  ])
})
