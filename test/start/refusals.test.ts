// What `npm start` refuses, in a clone where nothing is installed: each before it installs anything.
import assert from 'node:assert/strict'
import { chmodSync, existsSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { beforeEach, describe, it } from 'node:test'
import { freshClone, machine, newcomer, shim } from './clone.ts'
import { holdPort, leftIn, run } from './program.ts'

let cwd = ''
beforeEach(() => {
  cwd = freshClone()
})

/** It ends with 1 and one sentence: no stack, no banner, nothing installed, nothing left. */
async function refuses(command: string, sentence: RegExp, env = newcomer, uid?: number) {
  const options = { cwd, env, ...(uid !== undefined && { uid }) }
  const { code, stdout, stderr } = await run(command, options)
  const said = stderr.trim().split('\n')
  assert.match(stderr, sentence)
  assert.equal(code, 1)
  assert.equal(said.length, 1, stderr)
  assert.doesNotMatch(stdout + stderr, /chatroom is at|Installing|^\s+at .*:\d+/m)
  assert.ok(!existsSync(join(cwd, 'node_modules')))
  assert.deepEqual(await leftIn(cwd), [])
}

describe('npm start refuses', () => {
  for (const PORT of ['abc', '70000', '-1', '80.5', '0x50']) {
    it(`PORT=${PORT}`, () =>
      refuses(`PORT=${PORT} npm start`, /PORT is ".*".* number from 1 to 65535/))
  }

  it('--port abc, and --port with nothing behind it', async () => {
    await refuses('npm start -- --port abc', /--port is "abc"/)
    await refuses('npm start -- --port', /--port is ""/)
  })

  it('a port that is taken', async () => {
    const { port, release } = await holdPort()
    const sentence = new RegExp(`Another program listens on port ${port}\\. .*--port ${port + 1}`)
    await refuses(`PORT=${port} npm start`, sentence)
    await refuses(`npm start -- --port=${port}`, sentence)
    await release()
  })

  for (const [what, line, sentence] of [
    ['blank', 'TOKEN_SECRET=', /TOKEN_SECRET in \.dev\.vars is blank or missing/],
    ['quoted and blank', 'TOKEN_SECRET="   "', /is blank or missing/],
    ['missing', 'OTHER=1', /is blank or missing/],
    ['short', `TOKEN_SECRET=${'x'.repeat(31)}`, /has 31 characters.* 32 or more/],
    ['short but for a comment', 'TOKEN_SECRET=short # a remark of many characters', /has 5 char/],
  ] as const) {
    it(`a TOKEN_SECRET that is ${what}`, async () => {
      writeFileSync(join(cwd, '.dev.vars'), `${line}\n`)
      await refuses('npm start', sentence)
    })
  }

  it('an old node', async () => {
    const old = mkdtempSync(join(tmpdir(), 'chatroom-old-'))
    const versions = `{ value: { ...process.versions, node: '18.20.8' } }`
    writeFileSync(join(old, 'old.cjs'), `Object.defineProperty(process, 'versions', ${versions})`)
    const node = shim('node', `exec '${machine.node}' -r '${old}/old.cjs' "$@"`)
    const env = { ...newcomer, PATH: `${node}:${newcomer.PATH}` }
    await refuses('npm start', /needs node 20 or later, and this is node 18\.20\.8/, env)
    await refuses('npm run --silent installed', /needs node 20 or later/, env)
  })

  it('a folder that cannot be written to', async (t) => {
    const isRoot = process.getuid?.() === 0
    // Root may write anywhere, so another user tries.
    const nobody = isRoot ? 65_534 : undefined
    const home = mkdtempSync(join(tmpdir(), 'chatroom-home-'))
    chmodSync(home, 0o777)
    const env = { ...newcomer, HOME: home }
    if (isRoot) {
      chmodSync(dirname(cwd), 0o755)
      const can = await run('npm --version', { cwd: '/', env, uid: 65_534 }).catch(String)
      if (typeof can === 'string' || can.code !== 0) return t.skip('no other user can run npm here')
    } else {
      chmodSync(cwd, 0o555)
    }
    await refuses('npm start', /chatroom cannot be written to/, env, nobody)
    chmodSync(cwd, 0o755)
  })
})
