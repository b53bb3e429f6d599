// What a newcomer meets who clones and types `npm start`, and what remains when it ends.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { freshClone, newcomer, quickNewcomer } from './clone.ts'
import { freePort, leftIn, Program, pidOf, run } from './program.ts'

const READY = 'Ctrl-C stops it'
const START = 'node -r ./scripts/node-version.cjs scripts/start.mjs'

const lines = (text: string) => text.split('\n').filter((line) => line.trim() !== '')

it('a fresh clone says what it does from the first second, serves, and tells nobody of crons', async () => {
  const cwd = freshClone()
  const port = await freePort()
  const program = new Program(`PORT=${port} npm start`, { cwd, env: newcomer })
  // npm itself takes a moment.
  await program.prints('Installing', 10_000)
  await program.prints(READY, 240_000)
  const [, , first] = lines(program.stdout)
  assert.match(first ?? '', /^Installing .* takes about a minute/)
  assert.match(program.stdout, /\nInstalled in \d+ s\.\nStarting/)
  assert.match(program.stdout, new RegExp(`chatroom is at http://localhost:${port}\n`))
  assert.doesNotMatch(program.stdout + program.stderr, /WARN|warn|cron|Scheduled/)

  const page = await fetch(`http://localhost:${port}/`)
  assert.deepEqual(
    [page.status, page.headers.get('Content-Type')],
    [200, 'text/html; charset=UTF-8'],
  )
  const { status } = await fetch(`http://localhost:${port}/health`)
  assert.equal(status, 200)

  process.kill(pidOf(cwd, START), 'SIGINT')
  assert.equal(await program.end(), 0)
  assert.deepEqual(await leftIn(cwd), [])
})

describe('in a clone that has run before', () => {
  const cwd = freshClone()
  const env = quickNewcomer

  it('--port says where, and a second start is refused by who holds the storage', async () => {
    const port = await freePort()
    const since = Date.now()
    const first = new Program(`npm start -- --port ${port}`, { cwd, env })
    await first.prints(READY)
    assert.equal((await fetch(`http://localhost:${port}/health`)).status, 200)

    const holder = pidOf(cwd, START)
    const second = await run(`PORT=${await freePort()} npm start`, { cwd, env })
    assert.equal(second.code, 1)
    assert.equal(lines(second.stderr).length, 1)
    assert.match(
      second.stderr,
      new RegExp(`process ${holder}, on http://localhost:${port}, since `),
    )
    const [, said = ''] = /since (\S+Z)/.exec(second.stderr) ?? []
    assert.ok(Math.abs(Date.parse(said) - since) < 10_000, said)
    assert.doesNotMatch(second.stdout, /chatroom is at/)

    // The first does not mind.
    assert.equal((await fetch(`http://localhost:${port}/health`)).status, 200)
    // What the refusal says to do.
    process.kill(holder)
    assert.equal(await first.end(), 0)
    assert.deepEqual(await leftIn(cwd), [])
  })

  it('PORT=0 takes a free port and says which', async () => {
    const program = new Program('PORT=0 npm start', { cwd, env })
    await program.prints(READY)
    const [, origin = ''] = /chatroom is at (\S+)/.exec(program.stdout) ?? []
    assert.match(origin, /^http:\/\/localhost:[1-9]\d+$/)
    assert.equal((await fetch(`${origin}/health`)).status, 200)
    process.kill(pidOf(cwd, START), 'SIGTERM')
    assert.equal(await program.end(), 0)
    assert.deepEqual(await leftIn(cwd), [])
  })

  // Each start after a SIGKILL takes over the lock of one that could not remove it.
  for (const [signal, who, command] of [
    ['SIGKILL', 'start', START],
    ['SIGTERM', 'npm', 'npm start'],
    ['SIGKILL', 'npm', 'npm start'],
  ] as const) {
    it(`npm start | tail ends when ${who} gets ${signal}, and leaves nothing running`, async () => {
      const port = await freePort()
      const program = new Program(`npm start -- --port ${port} 2>&1 | tail -n 200`, { cwd, env })
      await isUp(port)
      process.kill(pidOf(cwd, command), signal)
      await program.end(10_000)
      assert.match(program.stdout, /Ctrl-C stops it/)
      assert.deepEqual(await leftIn(cwd), [])
    })
  }

  it('a start that is killed while npm installs leaves no npm', async () => {
    const fresh = freshClone()
    const program = new Program('npm start | cat', { cwd: fresh, env: newcomer })
    await program.prints('Installing')
    await pause(1000)
    process.kill(pidOf(fresh, START), 'SIGKILL')
    await program.end(10_000)
    assert.deepEqual(await leftIn(fresh), [])
  })
})

/** Waits for the banner's moment where `tail` holds the banner back. */
async function isUp(port: number) {
  for (let i = 0; i < 300; i += 1) {
    const isWell = await fetch(`http://localhost:${port}/health`).then(
      ({ ok }) => ok,
      () => false,
    )
    // The start asks every 200 ms.
    if (isWell) return pause(1000)
    await pause(100)
  }
  throw new Error('It does not serve.')
}
