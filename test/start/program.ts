import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs'
import { createServer } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

export type Environment = Record<string, string | undefined>

interface Options {
  cwd: string
  env: Environment
  /** Runs as another user, which takes root. */
  uid?: number
}

/** A command as it is typed, and all that it prints. */
export class Program {
  stdout = ''
  stderr = ''
  readonly process: ChildProcess
  readonly #ended: Promise<number>

  constructor(command: string, { cwd, env, uid }: Options) {
    const user = uid === undefined ? {} : { uid, gid: uid }
    this.process = spawn('sh', ['-c', command], {
      cwd,
      // The generated types of the bindings want all of them in any environment.
      env: env as NodeJS.ProcessEnv,
      ...user,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.process.stdout?.setEncoding('utf8').on('data', (text) => {
      this.stdout += text
    })
    this.process.stderr?.setEncoding('utf8').on('data', (text) => {
      this.stderr += text
    })
    // Not `exit`: what is left behind would hold the pipes open, as it does for `npm start | tail`.
    this.#ended = once(this.process, 'close').then(([code]) => code ?? 1)
  }

  /** Its exit code; throws where it does not end. */
  async end(ms = 30_000): Promise<number> {
    const late = pause(ms, 'late' as const, { ref: false })
    const code = await Promise.race([this.#ended, late])
    if (code === 'late')
      throw new Error(`It did not end in ${ms} ms.\n${this.stdout}${this.stderr}`)
    return code
  }

  /** Waits until it has printed something. */
  async prints(text: string, ms = 60_000): Promise<void> {
    const deadline = Date.now() + ms
    while (!this.stdout.includes(text)) {
      if (this.process.exitCode !== null || Date.now() > deadline) {
        throw new Error(`It did not print "${text}".\n${this.stdout}${this.stderr}`)
      }
      await pause(50)
    }
  }
}

export async function run(command: string, options: Options) {
  const program = new Program(command, options)
  const code = await program.end(120_000)
  return { code, stdout: program.stdout, stderr: program.stderr }
}

/** The processes that run in a folder or from it: id to command. */
export function processesOf(dir: string): Map<number, string> {
  const real = realpathSync(dir)
  const found = new Map<number, string>()
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
      const isThere = readlinkSync(`/proc/${pid}/cwd`).startsWith(real) || command.includes(real)
      if (isThere) found.set(Number(pid), command)
    } catch {
      // It ended meanwhile.
    }
  }
  return found
}

/** What still runs in a folder when everything has had a moment to end. */
export async function leftIn(dir: string): Promise<string[]> {
  for (let i = 0; i < 50 && processesOf(dir).size > 0; i += 1) await pause(100)
  return [...processesOf(dir).values()]
}

/** The id of the process in a folder whose command begins so. */
export function pidOf(dir: string, command: string): number {
  const [pid] = [...processesOf(dir)].find(([, text]) => text.startsWith(command)) ?? []
  if (!pid) throw new Error(`Nothing in ${dir} runs ${command}.`)
  return pid
}

/** A port that nothing listens on, or a server that holds it. */
export async function holdPort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (!address || typeof address === 'string') throw new Error('no port')
  const release = () => new Promise((resolve) => server.close(resolve))
  return { port: address.port, release }
}

export async function freePort(): Promise<number> {
  const { port, release } = await holdPort()
  await release()
  return port
}
