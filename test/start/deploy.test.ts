// What an operator types, in a fresh clone; a server of ours stands where Cloudflare's API would be.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { after, before, it } from 'node:test'
import { freshClone, quickNewcomer } from './clone.ts'
import { leftIn, Program, pidOf, run } from './program.ts'

const calls: string[] = []
const api = createServer(({ method, url }, response) => {
  calls.push(`${method} ${url}`)
  const errors = [{ code: 10_000, message: 'Only a test' }]
  response.writeHead(403, { 'Content-Type': 'application/json' })
  response.end(JSON.stringify({ success: false, errors, messages: [], result: null }))
})
let env = quickNewcomer

before(async () => {
  await once(api.listen(0, '127.0.0.1'), 'listening')
  const address = api.address()
  if (!address || typeof address === 'string') throw new Error('no port')
  env = {
    ...quickNewcomer,
    CLOUDFLARE_API_BASE_URL: `http://127.0.0.1:${address.port}`,
    CLOUDFLARE_API_TOKEN: 'only-a-test',
    CLOUDFLARE_ACCOUNT_ID: '0'.repeat(32),
  }
})
after(() => {
  api.close()
})

it('npm run deploy -- --dry-run builds and asks nothing of Cloudflare', async () => {
  const cwd = freshClone()
  const { code, stdout, stderr } = await run('npm run deploy -- --dry-run', { cwd, env })
  assert.equal(code, 0, stderr)
  assert.match(stdout, /--dry-run: exiting now/)
  assert.doesNotMatch(stdout + stderr, /migration/i)
  assert.equal(calls.length, 0, calls.join('\n'))
})

it('npm run deploy refuses before the database has an id, and stops where it cannot migrate', async () => {
  const cwd = freshClone()
  const early = await run('npm run deploy', { cwd, env })
  assert.equal(early.code, 1)
  assert.match(early.stderr, /database_id in wrangler\.toml is not set yet/)
  assert.equal(calls.length, 0, calls.join('\n'))

  const file = join(cwd, 'wrangler.toml')
  const id = 'database_id = "7b1f7f1e-4b0a-4a43-9d8f-6f2d8f6d3b11"'
  writeFileSync(file, readFileSync(file, 'utf8').replace(/^database_id = .*$/m, id))
  const late = await run('npm run deploy', { cwd, env })
  assert.notEqual(late.code, 0)
  // It does reach our server where it would reach Cloudflare, so the counts above mean something.
  assert.ok(
    calls.some((call) => call.includes('/d1/')),
    calls.join('\n'),
  )
  assert.ok(!calls.some((call) => call.includes('/workers/scripts')), calls.join('\n'))
})

it('npx --no-install runs the wrangler of the lock file', async () => {
  const cwd = freshClone()
  const without = await run('npx --no-install wrangler --version', { cwd, env })
  assert.notEqual(without.code, 0)
  await run('npm ci', { cwd, env })
  const { code, stdout } = await run('npx --no-install wrangler --version', { cwd, env })
  const lock = JSON.parse(readFileSync(join(cwd, 'package-lock.json'), 'utf8'))
  assert.equal(code, 0)
  assert.ok(stdout.includes(lock.packages['node_modules/wrangler'].version), stdout)
})

it('npm run admin works in a fresh clone: it misses the user, not a table', async () => {
  const cwd = freshClone()
  const missing = await run('npm run admin -- ana', { cwd, env })
  assert.equal(missing.code, 1)
  assert.match(missing.stderr, /There is no user "ana": register it first/)
  assert.doesNotMatch(missing.stdout + missing.stderr, /no such table|^\s+at .*:\d+/m)

  const server = new Program('PORT=0 npm start', { cwd, env: quickNewcomer })
  await server.prints('Ctrl-C stops it')
  const [, origin = ''] = /chatroom is at (\S+)/.exec(server.stdout) ?? []
  const body = JSON.stringify({
    username: 'ana',
    displayName: 'Ana',
    password: 'correct horse battery',
  })
  const headers = { 'Content-Type': 'application/json' }
  const registered = await fetch(`${origin}/v1/users`, { method: 'POST', headers, body })
  assert.equal(registered.status, 201)
  const { session } = (await registered.json()) as { session: { accessToken: string } }

  const done = await run('npm run admin -- ana', { cwd, env })
  assert.equal(done.code, 0, done.stderr)
  assert.match(done.stdout, /ana is an admin\./)
  const me = await fetch(`${origin}/v1/me`, {
    headers: { Authorization: `Bearer ${session.accessToken}` },
  })
  assert.equal(((await me.json()) as { role: string }).role, 'admin')
  process.kill(pidOf(cwd, 'npm start'), 'SIGTERM')
  await server.end()
  assert.deepEqual(await leftIn(cwd), [])
})
