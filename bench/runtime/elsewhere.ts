import { mkdtemp, rm } from 'node:fs/promises'
import { constants, setPriority, tmpdir } from 'node:os'
import { join } from 'node:path'
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare'
import { type Place, STORED, TYPE } from './elsewhere-bindings'
import * as processes from './processes'

const MARK = 'CHATROOM_ELSEWHERE'
const KINDS = ['r2', 'd1'] as const

/** A binding of Miniflare's R2 or D1 in another process. */
const bound = (name: string, options: Partial<Place>) => ({
  name,
  type: TYPE,
  plugin: { package: join(import.meta.dirname, 'elsewhere-bindings.ts'), name: TYPE },
  options,
})

/**
 * Miniflare's R2 and D1 in a workerd of their own, which stands for other machines: what they cost is
 * not the runtime's, and they give way to that.
 */
export class Elsewhere {
  private constructor(
    private readonly miniflare: Miniflare,
    private readonly directory: string,
    private readonly addresses: Record<Place['kind'], string>,
  ) {}

  static async start(): Promise<Elsewhere> {
    const directory = await mkdtemp(join(tmpdir(), 'chatroom-elsewhere-'))
    const miniflare = new Miniflare(
      convertV4MiniflareOptions({
        host: '127.0.0.1',
        port: 0,
        cf: false,
        log: new Log(LogLevel.ERROR),
        resourcePersistencePath: directory,
        unsafeRuntimeEnv: { [MARK]: directory },
        workers: KINDS.map((kind) => ({
          name: kind,
          compatibilityDate: '2026-11-01',
          modules: true,
          script: 'export default { fetch: (request, { KEPT }) => KEPT.fetch(request) }',
          r2Buckets: { BUCKET: STORED },
          d1Databases: { DATABASE: STORED },
          unsafeBindings: [bound('KEPT', { kind })],
          unsafeDirectSockets: [{ host: '127.0.0.1', port: 0 }],
        })),
      }),
    )
    await miniflare.ready
    const pid = processes.find(`${MARK}=${directory}`)
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_LOW)
    const [r2, d1] = await Promise.all(KINDS.map((kind) => miniflare.unsafeGetDirectURL(kind)))
    return new Elsewhere(miniflare, directory, { r2: r2?.host ?? '', d1: d1?.host ?? '' })
  }

  /** The options of a Worker, its buckets and databases replaced by what is kept here. */
  holding(options: object) {
    const names = (key: string) => Object.keys(Reflect.get(options, key) ?? {})
    const { r2, d1 } = this.addresses
    return {
      r2Buckets: {},
      d1Databases: {},
      unsafeBindings: [
        ...names('r2Buckets').map((name) => bound(name, { kind: 'r2', address: r2 })),
        ...names('d1Databases').map((name) => bound(name, { kind: 'd1', address: d1 })),
      ],
    }
  }

  database(): Promise<D1Database> {
    return this.miniflare.getD1Database('DATABASE', 'd1') as unknown as Promise<D1Database>
  }

  async stop(): Promise<void> {
    await this.miniflare.dispose()
    await rm(this.directory, { recursive: true, force: true })
  }
}
