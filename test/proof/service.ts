import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const PORT = Number(process.env.PORT ?? 9300)

/** The service as `npm start` runs it, on storage of its own. */
export interface Service {
  url: string
  /** Runs SQL in the directory. */
  execute: (sql: string) => void
  stop: () => Promise<void>
}

export async function start(): Promise<Service> {
  const state = mkdtempSync(join(tmpdir(), 'chatroom-'))
  const persisted = ['--local', '--persist-to', state]
  execFileSync('wrangler', ['d1', 'migrations', 'apply', 'chatroom', ...persisted], {
    env: { ...process.env, CI: '1' },
    stdio: 'ignore',
  })
  const ports = ['--port', String(PORT), '--inspector-port', String(PORT + 1)]
  const child = spawn('wrangler', ['dev', ...ports, ...persisted, '--log-level', 'error'], {
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: true,
  })
  const url = `http://127.0.0.1:${PORT}`
  await answering(url, child)
  return {
    url,
    execute: (sql) => {
      execFileSync('wrangler', ['d1', 'execute', 'chatroom', ...persisted, '--command', sql], {
        stdio: 'ignore',
      })
    },
    stop: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      process.kill(-(child.pid as number), 'SIGTERM')
      await ended
      rmSync(state, { recursive: true, force: true })
    },
  }
}

async function answering(url: string, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 120; tries += 1) {
    if (child.exitCode !== null) throw new Error('the service ended')
    const answer = await fetch(`${url}/health`).catch(() => undefined)
    if (answer?.ok) return
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
  throw new Error('the service does not answer')
}
