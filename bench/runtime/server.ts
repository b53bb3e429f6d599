import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare'
import { unstable_getMiniflareWorkerOptions as workerOptionsOf } from 'wrangler'
import type { Bundle } from './bundle'
import type { Elsewhere } from './elsewhere'
import * as processes from './processes'

const NAME = 'main'
// In the runtime's environment, so that its process is found among others.
const MARK = 'CHATROOM_STORAGE'

export interface Settings {
  /** Variables instead of those in the configuration. */
  bindings?: Record<string, string>
  /** Where the storage is kept; a directory of its own, which goes with the server, by default. */
  directory?: string
  /** Where R2 and D1 are, when they are not to be in the runtime that is measured. */
  elsewhere?: Elsewhere
  /** Where the runtime's inspector listens, for a CPU profile. */
  inspectorPort?: number
  /** Told what the runtime logs, instead of printing what went wrong. */
  onLog?: (entry: LogEntry) => void
}

export interface LogEntry {
  level: string
  message: string
}

/** One workerd with one Worker and storage on disk, reached without any proxy in between. */
export class Server {
  private constructor(
    private readonly miniflare: Miniflare,
    private readonly isOwnDirectory: boolean,
    private readonly elsewhere: Elsewhere | undefined,
    readonly directory: string,
    readonly url: URL,
  ) {}

  static async start(bundle: Bundle, settings: Settings = {}): Promise<Server> {
    const directory = settings.directory ?? (await mkdtemp(join(tmpdir(), 'chatroom-storage-')))
    // Without the pages of the documentation: Miniflare would put a Worker of its own before ours for them.
    const { assets: _, ...workerOptions } = workerOptionsOf(bundle.config).workerOptions
    const { inspectorPort, elsewhere } = settings
    const miniflare = new Miniflare(
      convertV4MiniflareOptions({
        host: '127.0.0.1',
        port: 0,
        cf: false,
        log: new Log(LogLevel.ERROR),
        logRequests: false,
        handleStructuredLogs: settings.onLog ?? report,
        resourcePersistencePath: directory,
        unsafeRuntimeEnv: { [MARK]: directory },
        ...(inspectorPort !== undefined && { inspectorPort }),
        workers: [
          {
            ...workerOptions,
            ...elsewhere?.holding(workerOptions),
            name: NAME,
            bindings: Object.assign({}, workerOptions.bindings, settings.bindings),
            modules: [{ type: 'ESModule', path: 'index.js', contents: bundle.script }],
            // The entry socket is Miniflare's own proxy Worker; this one is the Worker itself.
            unsafeDirectSockets: [{ host: '127.0.0.1', port: 0 }],
          },
        ],
      }),
    )
    await miniflare.ready
    const url = await miniflare.unsafeGetDirectURL(NAME)
    return new Server(miniflare, settings.directory === undefined, elsewhere, directory, url)
  }

  database(binding: string): Promise<D1Database> {
    if (this.elsewhere) return this.elsewhere.database()
    return this.miniflare.getD1Database(binding, NAME) as unknown as Promise<D1Database>
  }

  queue(binding: string): Promise<Queue> {
    return this.miniflare.getQueueProducer(binding, NAME) as unknown as Promise<Queue>
  }

  /** Applies the migrations of a directory, in the order of their names. */
  async migrate(binding: string, directory: string): Promise<void> {
    const database = await this.database(binding)
    const files = readdirSync(directory).filter((name) => name.endsWith('.sql'))
    for (const file of files.sort()) {
      const statements = readFileSync(join(directory, file), 'utf8').split(
        '--> statement-breakpoint',
      )
      await database.batch(statements.map((statement) => database.prepare(statement)))
    }
  }

  get #variable(): string {
    return `${MARK}=${this.directory}`
  }

  /** The runtime's process: a new one after each crash. */
  get pid(): number {
    const pid = processes.find(this.#variable)
    if (pid === undefined) throw new Error('The runtime is not running.')
    return pid
  }

  /** Resident memory of the runtime, in bytes. */
  get memory(): number {
    const status = readFileSync(`/proc/${this.pid}/status`, 'utf8')
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024
  }

  /** CPU time that the runtime has used, in all its threads, in ms. */
  get cpuMs(): number {
    const fields = readFileSync(`/proc/${this.pid}/stat`, 'utf8').split(') ')[1]?.split(' ')
    // User and system time, in ticks of 10 ms.
    return (Number(fields?.[11]) + Number(fields?.[12])) * 10
  }

  /** Kills the runtime as a power cut does and waits for the next one, which Miniflare starts. */
  async crash(): Promise<void> {
    const { pid } = this
    process.kill(pid, 'SIGKILL')
    while (!(await this.#isServing(pid))) await wait(10)
  }

  async #isServing(deadPid: number): Promise<boolean> {
    const pid = processes.find(this.#variable)
    if (pid === undefined || pid === deadPid) return false
    return fetch(this.url).then(
      () => true,
      () => false,
    )
  }

  /** Stops, and leaves the storage for another to start with. */
  async pause(): Promise<void> {
    await this.miniflare.dispose()
  }

  async stop(): Promise<void> {
    await this.pause()
    if (this.isOwnDirectory) await rm(this.directory, { recursive: true, force: true })
  }
}

/** The service logs each request; only what went wrong is of interest here. */
function report({ level, message }: LogEntry): void {
  if (level === 'error' || level === 'warn') process.stderr.write(`\n${level}: ${message}\n`)
}
