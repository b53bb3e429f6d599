/** What Miniflare's options cannot say: R2 and D1 in another process than the Worker that uses them. */
interface Options {
  config: { env?: Record<string, { type: string; dev?: { options?: Partial<Place> } }> }
}

export interface Place {
  kind: 'r2' | 'd1'
  /** Where it is; without one it is Miniflare's own, which stands beside every Worker that has one. */
  address: string
}

export const TYPE = 'elsewhere'
/** The bucket and the database that are there. */
export const STORED = 'stored'

const props = { json: JSON.stringify({ MINIFLARE_NAMESPACE: STORED }) }
const own = { r2: { name: 'r2:bucket:entry', props }, d1: { name: 'd1:db:entry', props } }

const serviceOf = (kind: Place['kind']) => `${TYPE}:${kind}`

/** What a Worker gets that is bound to what is elsewhere. */
const remote = {
  r2: { r2Bucket: { name: serviceOf('r2') } },
  d1: {
    wrapped: {
      moduleName: 'cloudflare-internal:d1-api',
      innerBindings: [{ name: 'fetcher', service: { name: serviceOf('d1') } }],
    },
  },
}

/** A plugin: without an address it gives its Worker what Miniflare has as a service, with one what is there. */
export const plugins = {
  [TYPE]: {
    bindingTypeDescription: 'a bucket or a database in another process',
    getBindings: (options: Options) =>
      found(options).map(({ name, kind, address }) =>
        address === undefined ? { name, service: own[kind] } : { name, ...remote[kind] },
      ),
    getNodeBindings: () => ({}),
    getServices: ({ options }: { options: Options }) =>
      found(options).flatMap(({ kind, address }) =>
        address === undefined ? [] : [{ name: serviceOf(kind), external: { address, http: {} } }],
      ),
  },
}

const found = ({ config }: Options) =>
  Object.entries(config.env ?? {})
    .filter(([, { type }]) => type === `unsafe:${TYPE}`)
    .map(([name, { dev }]) => ({ name, kind: 'r2' as const, ...dev?.options }))
