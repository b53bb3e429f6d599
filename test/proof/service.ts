import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { leashed } from '../../scripts/start/leashed.mjs'
import { freePort } from '../start/program.ts'

/** The service as `npm start` runs it, on storage of its own. */
export interface Service {
  url: string
  /** Runs SQL in the directory. */
  execute: (sql: string) => Promise<void>
  stop: () => Promise<void>
}

/** Starts it, of this or another checkout; `settings` are variables beside, or instead of, those of the configuration. */
export async function start(
  settings: Record<string, string> = {},
  checkout = '.',
): Promise<Service> {
  const state = mkdtempSync(join(tmpdir(), 'chatroom-'))
  const persisted = ['--local', '--persist-to', state, '--cwd', checkout]
  execFileSync('wrangler', ['d1', 'migrations', 'apply', 'chatroom', ...persisted], {
    env: { ...process.env, CI: '1' },
    stdio: 'ignore',
  })
  const port = await freePort()
  const ports = ['--port', String(port), '--inspector-port', String(await freePort())]
  const vars = Object.entries(settings).flatMap(([name, value]) => ['--var', `${name}:${value}`])
  const quietly = ['--log-level', 'error']
  const child = leashed(['wrangler', 'dev', ...ports, ...persisted, ...vars, ...quietly])
  let hasEnded = false
  child.ended.then(() => {
    hasEnded = true
  })
  const url = `http://127.0.0.1:${port}`
  await answering(url, () => hasEnded)
  return {
    url,
    // Not at a standstill: connections that end meanwhile must be seen to.
    execute: async (sql) => {
      await promisify(execFile)('wrangler', [
        ...['d1', 'execute', 'chatroom', ...persisted],
        ...['--command', sql],
      ])
    },
    stop: async () => {
      await child.stop()
      rmSync(state, { recursive: true, force: true })
    },
  }
}

async function answering(url: string, hasEnded: () => boolean): Promise<void> {
  for (let tries = 0; tries < 120; tries += 1) {
    if (hasEnded()) throw new Error('the service ended')
    const answer = await fetch(`${url}/health`).catch(() => undefined)
    if (answer?.ok) return
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
  throw new Error('the service does not answer')
}
