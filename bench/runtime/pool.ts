import { Transfers } from '../clients/transfers'
import { Wire } from '../clients/wire'
import { floor } from '../targets/floor'
import { ours } from '../targets/ours'
import { TOKEN_SECRET } from '../targets/people'
import type { Target } from '../targets/target'
import { type Bundle, build } from './bundle'
import { Elsewhere } from './elsewhere'
import { Server, type Settings } from './server'

// What one user may do in the service would otherwise be what is measured.
const PLENTY = '1000000'
const bindings: Record<string, string> = {
  TOKEN_SECRET,
  POSTS_PER_SECOND: PLENTY,
  POSTS_AT_ONCE: PLENTY,
  FRAMES_PER_SECOND: PLENTY,
  FRAMES_AT_ONCE: PLENTY,
  REQUESTS_PER_SECOND: PLENTY,
  REQUESTS_AT_ONCE: PLENTY,
  SEARCHES_PER_SECOND: PLENTY,
  SEARCHES_AT_ONCE: PLENTY,
  MEDIA_MEGABYTES_PER_DAY: PLENTY,
}

/** Starts servers, and stops what it started. */
export class Pool {
  #running: { stop: () => Promise<void> | void }[] = []

  private constructor(
    readonly bundles: Record<'ours' | 'floor' | 'counted' | 'exposed', Bundle>,
    private readonly floorBindings: Record<string, string>,
    private readonly against: Bundle | undefined,
  ) {}

  /**
   * Builds all bundles; `floorBindings` are what the floor is to do besides the least: see FloorEnv. With `against`, the
   * service of another checkout stands where the floor would.
   */
  static async build(floorBindings: Record<string, string> = {}, against?: string): Promise<Pool> {
    const [ours, floor, counted, exposed, other] = await Promise.all([
      build('wrangler.toml', 'src/index.ts'),
      build('bench/floor/wrangler.toml', 'bench/floor/worker.ts'),
      build('wrangler.toml', 'bench/counted/worker.ts'),
      build('wrangler.toml', 'bench/faults/weather/worker.ts'),
      against === undefined ? undefined : build('wrangler.toml', 'src/index.ts', against),
    ])
    return new Pool({ ours, floor, counted, exposed }, floorBindings, other)
  }

  /** Whether another version of the service stands where the floor would: the aims are not for that. */
  get comparesVersions(): boolean {
    return this.against !== undefined
  }

  async pair(settings: Settings = {}): Promise<{ ours: Target; floor: Target }> {
    return { ours: await this.ours(settings), floor: await this.floor(settings) }
  }

  /** Starts R2 and D1 in a process of their own, for targets to share. */
  async elsewhere(): Promise<Settings> {
    const elsewhere = await Elsewhere.start()
    this.#running.push(elsewhere)
    return { elsewhere }
  }

  /** A client for large bodies, of so many bytes a second where that is said. */
  transfers(perSecond?: number): Transfers {
    const transfers = new Transfers(perSecond)
    this.#running.push(transfers)
    return transfers
  }

  ours(settings: Settings = {}): Promise<Target> {
    return this.#migrated(this.bundles.ours, settings)
  }

  /** The service with its script changed. */
  changed(change: (bundle: Bundle) => Bundle): Promise<Target> {
    return this.#migrated(change(this.bundles.ours), {})
  }

  counted(): Promise<Target> {
    return this.#migrated(this.bundles.counted, {})
  }

  /** The service, its D1 exposed to what `PUT /weather` says. */
  exposed(settings: Settings): Promise<Target> {
    return this.#migrated(this.bundles.exposed, settings)
  }

  /** The service with the limits that it is deployed with. */
  limited(): Promise<Target> {
    return this.#migrated(this.bundles.ours, {}, { TOKEN_SECRET })
  }

  async floor(settings: Settings = {}): Promise<Target> {
    // With today's migrations, which the code before them must bear.
    if (this.against) return this.#migrated(this.against, settings)
    const bindings = this.floorBindings
    return floor(await this.#start(this.bundles.floor, { ...settings, bindings }))
  }

  /** Stops a target, lets something happen to its storage, and starts it again. */
  async restart(
    target: Target,
    meanwhile: (directory: string) => void,
    more: Settings = {},
    bundle = this.bundles[target.dialect.name],
  ): Promise<Server> {
    const { server } = target
    await server.pause()
    meanwhile(server.directory)
    const settings = {
      ...more,
      directory: server.directory,
      bindings: { ...bindings, ...this.floorBindings },
    }
    return this.#start(bundle, settings)
  }

  async stop(): Promise<void> {
    Wire.cutAll()
    await Promise.all(this.#running.splice(0).map((each) => each.stop()))
  }

  async #migrated(bundle: Bundle, settings: Settings, variables = bindings): Promise<Target> {
    const server = await this.#start(bundle, { ...settings, bindings: variables })
    await server.migrate('DB', 'migrations')
    return ours(server)
  }

  async #start(bundle: Bundle, settings: Settings): Promise<Server> {
    const server = await Server.start(bundle, settings)
    this.#running.push(server)
    return server
  }
}
