import { mkdtemp, rm } from 'node:fs/promises'
import { constants, setPriority, tmpdir } from 'node:os'
import { join } from 'node:path'
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare'
import { TYPE } from './bucket-bindings'
import * as processes from './processes'

const NAME = 'bucket'
const MARK = 'CHATROOM_BUCKET'

/** A binding of Miniflare's R2 in another process. */
export const bound = (name: string, address?: string) => ({
  name,
  type: TYPE,
  plugin: { package: join(import.meta.dirname, 'bucket-bindings.ts'), name: TYPE },
  options: address === undefined ? {} : { address },
})

/**
 * Miniflare's R2 in a workerd of its own, which stands for other machines: what it costs is not the
 * runtime's, and it gives way to that.
 */
export class Bucket {
  private constructor(
    private readonly miniflare: Miniflare,
    private readonly directory: string,
    readonly address: string,
  ) {}

  static async start(): Promise<Bucket> {
    const directory = await mkdtemp(join(tmpdir(), 'chatroom-bucket-'))
    const miniflare = new Miniflare(
      convertV4MiniflareOptions({
        host: '127.0.0.1',
        port: 0,
        cf: false,
        log: new Log(LogLevel.ERROR),
        resourcePersistencePath: directory,
        unsafeRuntimeEnv: { [MARK]: directory },
        workers: [
          {
            name: NAME,
            compatibilityDate: '2026-11-01',
            modules: true,
            script: 'export default { fetch: (request, { R2 }) => R2.fetch(request) }',
            r2Buckets: { BUCKET: NAME },
            unsafeBindings: [bound('R2')],
            unsafeDirectSockets: [{ host: '127.0.0.1', port: 0 }],
          },
        ],
      }),
    )
    await miniflare.ready
    const pid = processes.find(`${MARK}=${directory}`)
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_LOW)
    return new Bucket(miniflare, directory, (await miniflare.unsafeGetDirectURL(NAME)).host)
  }

  async stop(): Promise<void> {
    await this.miniflare.dispose()
    await rm(this.directory, { recursive: true, force: true })
  }
}
